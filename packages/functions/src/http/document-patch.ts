import * as Document from "@backline/core/document"
import { http } from "./handler.ts"

/** PATCH /documents/{id}: `{version, title?, members?}`. */
export const handler = http({ run: Document.change })
