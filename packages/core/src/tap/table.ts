import * as z from "zod"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { GetCommand, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import { AppError } from "../error.ts"
import { IdOf } from "../id.ts"
import { pause } from "../pause.ts"

/**
 * CONNECTION_TABLE, access patterns: all live taps, in one item, since every function asks for all of them or none · change that item, on condition
 * that nobody else did · count what a tap caught.
 */
const LIVE = { pk: "taps", sk: "live" }
const countKey = (id: string) => ({ pk: `tap#${id}`, sk: "caught" })

/** Who watches what: a room, or what the connections of a person do. */
export const Info = z.object({
  id: IdOf("tap"),
  room: z.string().optional(),
  user: z.string().optional(),
  /** Whose tap it is, and the socket that its lines go to. */
  by: z.string(),
  connectionId: z.string(),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
})
export type Info = z.infer<typeof Info>

const Item = z.object({ version: z.number(), taps: z.array(Info) })
const seconds = (at: number): number => Math.ceil(at / 1000)

async function get(ConsistentRead: boolean, abortSignal?: AbortSignal): Promise<z.infer<typeof Item>> {
  const command = new GetCommand({ TableName: config("CONNECTION_TABLE"), Key: LIVE, ConsistentRead })
  const found = await dynamo().send(command, { abortSignal })
  return Item.safeParse(found.Item).data ?? { version: 0, taps: [] }
}

/** All taps, those that are over too until somebody changes the list: half a read unit. */
export const all = async (abortSignal: AbortSignal): Promise<Info[]> => (await get(false, abortSignal)).taps

const ATTEMPTS = 6
const FIRST_PAUSE_MS = 40
const LONGEST_PAUSE_MS = 240

/** Makes `next` of the live taps; of several changes at once each sees the one before. Gives the list as it is then. */
export async function change(now: number, next: (live: readonly Info[]) => Info[]): Promise<Info[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { version, taps: old } = await get(true)
    const taps = next(old.filter(({ expiresAt }) => expiresAt > now))
    if (JSON.stringify(taps) === JSON.stringify(old)) return taps
    const changed = await unlessRefused(
      dynamo().send(
        new UpdateCommand({
          TableName: config("CONNECTION_TABLE"),
          Key: LIVE,
          UpdateExpression: "SET taps = :taps, version = :next, #ttl = :ttl",
          ConditionExpression: version === 0 ? "attribute_not_exists(version)" : "version = :version",
          ExpressionAttributeNames: { "#ttl": "ttl" },
          ExpressionAttributeValues: {
            ":taps": taps,
            ":next": version + 1,
            ":ttl": seconds(Math.max(now, ...taps.map(({ expiresAt }) => expiresAt))),
            ...(version > 0 && { ":version": version }),
          },
        }),
      ),
    )
    if (changed) return taps
    await pause(attempt, FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
  }
  throw new AppError("unavailable", "unavailable.table", "Too many start and stop tracing at once. Try again.")
}

/** `inWindow`: lines of all functions ("lines" alone is a word that DynamoDB reserves). */
const Counted = z.object({ inWindow: z.number(), caught: z.number() })

/**
 * Adds what one function caught for a tap: `lines` to those of this window, which all functions share, and `caught` to those since its start. Gives
 * both sums. The counter moves with time alone: a function whose clock is behind counts in the window of the others.
 */
export async function count(
  id: string,
  more: { window: number; lines: number; caught: number },
  keepUntil: number,
  abortSignal: AbortSignal,
): Promise<z.infer<typeof Counted>> {
  const add = (UpdateExpression: string, ConditionExpression: string) =>
    unlessRefused(
      dynamo().send(
        new UpdateCommand({
          TableName: config("CONNECTION_TABLE"),
          Key: countKey(id),
          UpdateExpression,
          ConditionExpression,
          ExpressionAttributeNames: { "#window": "window", "#ttl": "ttl" },
          ExpressionAttributeValues: {
            ":window": more.window,
            ":lines": more.lines,
            ":caught": more.caught,
            ":ttl": seconds(keepUntil),
          },
          ReturnValues: "ALL_NEW",
        }),
        { abortSignal },
      ),
    )
  const join = () => add("SET #ttl = :ttl ADD inWindow :lines, caught :caught", "#window >= :window")
  const begin = () =>
    add(
      "SET #window = :window, inWindow = :lines, #ttl = :ttl ADD caught :caught",
      "attribute_not_exists(#window) OR #window < :window",
    )
  const counted = (await join()) ?? (await begin()) ?? (await join())
  if (!counted) throw new Error("Neither this window nor a later one takes these lines.")
  return Counted.parse(counted.Attributes)
}
