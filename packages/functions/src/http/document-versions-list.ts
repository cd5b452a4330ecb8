import * as Document from "@backline/core/document"
import { http } from "./handler.ts"

export const handler = http({ run: Document.versions })
