import type { Role } from "@backline/core/actor"
import type * as z from "zod"

/** Sends a frame to the socket that asked. `gone` means that nobody listens any more. */
export type Post = (frame: object) => Promise<"sent" | "gone" | "failed">

/** Which socket asks, and whose it is. */
export interface ActionContext {
  connectionId: string
  userId: string
  role: Role
}

/** What the ack carries; `follow` does what comes after it, on this socket or others, whatever became of the ack. */
export interface Outcome {
  ack: object
  follow?(post: Post): Promise<void>
}

export interface Action {
  schema(): z.ZodType
  /** Least role that may ask; whether the person still has it is asked then, not taken from the handshake. */
  role?: Role
  run(input: never, context: ActionContext): Promise<Outcome>
}

/** What a socket may ask for, by the file that does it. */
export const NAMES = {
  room: [
    "room.join",
    "room.leave",
    "room.send",
    "room.history",
    "room.edit",
    "room.react",
    "room.read",
    "room.typing",
    "room.call",
  ],
  document: ["doc.join", "doc.leave", "doc.update", "doc.awareness"],
  session: ["ping", "auth.refresh"],
  tap: ["tap.start", "tap.stop"],
  chat: ["chat.send", "chat.resume", "chat.stop"],
} as const

export type Group = keyof typeof NAMES

/** Each action of a group, by name. `id` and `action` of the frame belong to the transport. */
export type Actions<G extends Group> = Readonly<Record<(typeof NAMES)[G][number], Action>>

/** Keeps the types of an action's parts. Its schema is made for the first frame that needs it. */
export function action<S extends z.ZodType>(
  make: () => S,
  run: (input: z.output<S>, context: ActionContext) => Promise<Outcome>,
  role?: Role,
): Action {
  let schema: S | undefined
  return { schema: () => (schema ??= make()), run, role }
}
