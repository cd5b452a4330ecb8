import * as Document from "@backline/core/document"
import { action, type Actions } from "./action.ts"

/** What a socket may ask of documents. */
export const DOCUMENT_ACTIONS: Actions<"document"> = {
  "doc.join": action(
    () => Document.join.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => ({
      ack: await Document.join({ ...input, connectionId }),
    }),
  ),

  "doc.leave": action(
    () => Document.leave.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => ({
      ack: await Document.leave({ ...input, connectionId }),
    }),
  ),

  "doc.update": action(
    () => Document.Update,
    async (input, { connectionId }) => ({
      ack: await Document.update({ ...input, connectionId }),
    }),
  ),

  "doc.awareness": action(
    () => Document.awareness.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => ({
      ack: await Document.awareness({ ...input, connectionId }),
    }),
  ),
}
