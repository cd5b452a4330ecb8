import type { ApiError } from "../error.ts"
import type { RunView } from "../runs/view.ts"
import type { Member, Person, RoomMessage } from "../wire.ts"
import type { RoomFrame } from "./frames.ts"
import type { Unsent } from "./outbox.ts"

/** What a screen shows of a room besides its messages. Never changed in place. */
export interface RoomView {
  id: string
  /** `behind`: the connection is down; what is shown may be old. `refused`: the room is not there or not open to this person. */
  status: "joining" | "live" | "behind" | "refused"
  error?: ApiError
  epoch?: string
  /** Number of the newest message known to exist. */
  head: number
  /** Number of the last message told in order. */
  position: number
  /** Of a large room only some. */
  members: readonly Member[]
  /** Ids of those who are there now. */
  present: ReadonlySet<string>
  typing: readonly Person[]
  /** Those who say that they are in the room's call, each once however many devices they have in it. */
  call: readonly Person[]
  /** Up to where others have read, by user id. */
  reads: ReadonlyMap<string, number>
  /** Messages of this client without a place yet, in order. */
  unsent: readonly Unsent[]
  /** Answers of the assistant that are being written. */
  answers: readonly RunView[]
  /** Changes with every change of a message. */
  version: number
}

/** What happens in a room, in order. After `reset` the messages start over: positions from before mean nothing. */
export type RoomEvent =
  | { type: "message"; message: RoomMessage }
  | { type: "reset"; epoch: string }
  | { type: "frame"; frame: RoomFrame }
