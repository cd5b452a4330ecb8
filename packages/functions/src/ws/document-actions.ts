import type { Actions } from "./action.ts"

/** What a socket may ask of documents. */
export const DOCUMENT_ACTIONS: Actions = {}
