import type { ChatFrame, Member, Notice, Person, Reactions, RoomMessage } from "../wire.ts"

export interface PresenceFrame {
  type: "presence"
  room: string
  joined: Person[]
  left: Pick<Member, "id" | "seenAt">[]
}

/** Somebody's first device came into the room's call, or their last one left it. */
export interface CallFrame {
  type: "call"
  room: string
  joined: Person[]
  left: Pick<Person, "id">[]
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
  | CallFrame
  /** The assistant answers a mention. */
  | (ChatFrame & { room: string })
  /** `room.removed`: this person is no member any more. */
  | { type: "notice"; room: string; code: "room.removed" }
  | ({ type: "notice"; room: string; code: "room.notice" } & Omit<Notice, "code">)

/** The reactions of a message after one more; safe to repeat. */
export function applyReaction(before: Reactions, { emoji, user, on }: ReactionFrame): Reactions {
  const { [emoji]: known = [], ...others } = before
  const users = known.filter((id) => id !== user.id)
  if (on) users.push(user.id)
  return users.length > 0 ? { ...others, [emoji]: users } : others
}
