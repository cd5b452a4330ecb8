import * as Document from "@backline/core/document"
import { onMessages } from "./on-messages.ts"

/** Folds the log of a document into a snapshot. */
export const handler = onMessages(Document.compact.schema, Document.compact)
