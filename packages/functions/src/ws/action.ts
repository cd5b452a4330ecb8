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
  schema: z.ZodType
  run(input: never, context: ActionContext): Promise<Outcome>
}

/** What a socket may ask for, by name. `id` and `action` of the frame belong to the transport. */
export type Actions = Readonly<Record<string, Action>>

/** Keeps the types of an action's parts. */
export const action = <S extends z.ZodType>(
  schema: S,
  run: (input: z.output<S>, context: ActionContext) => Promise<Outcome>,
): Action => ({ schema, run })
