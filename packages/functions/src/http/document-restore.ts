import * as Document from "@backline/core/document"
import { http } from "./handler.ts"

/** POST /documents/{id}/restore: `{version, clientId?}`. */
export const handler = http({ run: Document.restore })
