import * as Document from "@backline/core/document"
import { http } from "./handler.ts"

/** POST /documents: `{title, members?}`. */
export const handler = http({ run: Document.create, status: 201 })
