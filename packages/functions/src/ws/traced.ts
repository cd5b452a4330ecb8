import * as Account from "@backline/core/account"
import * as Tap from "@backline/core/tap"
import { ACTION_NAMES } from "./actions.ts"
import type { Socket } from "./socket.ts"

const names = new Map<string, string>()
const KEPT = 1_000

/** What others call a person, asked once, only while somebody traces. */
async function nameOf(userId: string): Promise<string | undefined> {
  if (!names.has(userId)) {
    const account = await Account.find(userId).catch(() => undefined)
    if (!account) return undefined
    names.set(userId, account.name)
    if (names.size > KEPT) names.delete(names.keys().next().value!)
  }
  return names.get(userId)
}

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined)

/** The line of a frame and its answer. Of the frame it says what we know by name: an action that there is, ids of ours, numbers. */
export async function lineOf(
  frame: Record<string, unknown>,
  { at, userId, connectionId }: Socket,
  answered: { code?: string; seq?: number },
  more: { bytes: number; ms: number },
): Promise<Tap.Line> {
  const { action } = frame
  const name = await nameOf(userId)
  const seq = numberOf(answered.seq) ?? numberOf(frame.seq)
  return {
    at,
    direction: "in",
    what: typeof action === "string" && ACTION_NAMES.includes(action) ? action : "unknown action",
    user: { id: userId, ...(name !== undefined && { name }) },
    connectionId,
    ...Tap.placeOf(frame),
    outcome: answered.code ?? "ack",
    ...(seq !== undefined && { seq }),
    ...more,
  }
}
