import type { Actions } from "./action.ts"

/** What a socket may ask of rooms. */
export const ROOM_ACTIONS: Actions = {}
