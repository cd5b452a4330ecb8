import type { Person, Reaction, RoomMessage } from "../wire.ts"

export interface PresenceFrame {
  type: "presence"
  room: string
  joined: Person[]
  left: Person[]
}

export interface ReactionFrame {
  type: "reaction"
  room: string
  seq: number
  emoji: string
  user: Person
  on: boolean
}

/** What the service tells the listeners of a room. */
export type RoomFrame =
  | ({ type: "message" } & RoomMessage)
  | { type: "message.edited"; room: string; seq: number; text: string; editedAt: number }
  | ReactionFrame
  | { type: "read"; room: string; user: Person; seq: number }
  | { type: "typing"; room: string; user: Person; on: boolean }
  | PresenceFrame

/** The reactions of a message after one more; safe to repeat. */
export function applyReaction(before: readonly Reaction[], { emoji, user, on }: ReactionFrame): Reaction[] {
  const known = before.find((each) => each.emoji === emoji)
  const users = (known?.users ?? []).filter((id) => id !== user.id)
  const next = { emoji, users: on ? [...users, user.id] : users }
  const all = known ? before.map((each) => (each === known ? next : each)) : [...before, next]
  return all.filter((each) => each.users.length > 0)
}
