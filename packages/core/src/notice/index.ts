import * as z from "zod"
import * as Account from "../account/index.ts"
import { useUser } from "../actor.ts"
import { now } from "../clock.ts"
import { fn } from "../fn.ts"
import { hashedId, newId } from "../id.ts"
import { spend } from "../limit/index.ts"
import * as table from "./table.ts"
import { ClientId, Text } from "../text.ts"

export type { Info } from "./table.ts"

/** Notices to everybody leave with the next sweep of connections, which runs every minute. */
const WITHIN_MS = 60_000
/** Each is a banner over everybody's page. To rooms and to everybody together, by one person. */
const RATE = {
  what: "notice",
  most: 10,
  windowMs: 60_000,
  message: "You may announce ten times a minute. Wait as long as Retry-After says.",
}
/** What could not be said for so long is not news any more. */
const KEPT_MS = 10 * 60_000

export const Draft = z.object({
  text: Text({ max: 500 }),
  /** Chosen by the sender: the same again with the same text is the same notice. */
  clientId: ClientId.optional(),
})

/** A notice by the signed-in person to `audience`. Throws `limit.rate` beyond ten a minute. */
export async function write({ text, clientId }: z.output<typeof Draft>, audience: string): Promise<table.Info> {
  const { userId } = useUser()
  await spend(RATE, userId)
  const { name, number } = (await Account.find(userId)) ?? { name: "Guest", number: 0 }
  const id = clientId === undefined ? newId("notice") : hashedId("notice", [audience, userId, clientId, text])
  return { id, text, at: now(), by: { id: userId, name, number } }
}

/**
 * Leaves a notice for everybody who is connected: the next sweep posts it to all open sockets, then forgets it. A sweep that dies in between posts it
 * again, under the same id. One that was not posted for ten minutes is dropped.
 */
export const send = fn(
  () => Draft,
  async (draft) => {
    const notice = await write(draft, "everybody")
    await table.put(notice, notice.at + KEPT_MS)
    return { id: notice.id, within: WITHIN_MS }
  },
)
