import { GetCommand, UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { type Role, ROLES } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"

/**
 * STANDING_TABLE, access patterns: what the user pool last said of one session, and until when its token is kept · note either. A session's tokens may
 * say different roles one after another; each has an item of its own.
 */
const keyOf = ({ userId, session, role }: Session) => ({ pk: `user#${userId}`, sk: `session#${session}#${role}` })

/** In TOKEN_TABLE. */
export const tokenKey = ({ userId, session }: Pick<Session, "userId" | "session">) => ({
  pk: `user#${userId}`,
  sk: `session#${session}`,
})

/** One sign-in of a person, and the role that its token claims. */
export interface Session {
  userId: string
  /** `origin_jti`, which all tokens of a sign-in share. */
  session: string
  role: Role
}

export const Answer = z.object({
  /** Epoch milliseconds. */
  checkedAt: z.number(),
  isWelcome: z.boolean(),
  /** What of the claimed role is left. */
  role: z.enum(ROLES),
})
export type Answer = z.infer<typeof Answer>

const Item = z.object({ ...Answer.partial().shape, tokenUntil: z.number().default(0) })
export type Item = z.infer<typeof Item>

/** Longer than a token lives. */
const KEPT_MS = 25 * 3_600_000

/** Half a read unit: an answer that is a moment older than the newest is no worse. */
export async function find(who: Session): Promise<Item | undefined> {
  const { Item: found } = await dynamo().send(new GetCommand({ TableName: config("STANDING_TABLE"), Key: keyOf(who) }))
  return found && Item.parse(found)
}

async function set(who: Session, change: string, values: Record<string, unknown>, at: number): Promise<Item> {
  const names = ["role", "ttl"].filter((name) => change.includes(`#${name}`) || name === "ttl")
  const { Attributes } = await dynamo().send(
    new UpdateCommand({
      TableName: config("STANDING_TABLE"),
      Key: keyOf(who),
      UpdateExpression: `SET ${change}, #ttl = :ttl`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: { ...values, ":ttl": Math.ceil((at + KEPT_MS) / 1000) },
      ReturnValues: "ALL_NEW",
    }),
  )
  return Item.parse(Attributes)
}

export const note = (who: Session, { checkedAt, isWelcome, role }: Answer): Promise<Item> =>
  set(
    who,
    "checkedAt = :at, isWelcome = :welcome, #role = :role",
    { ":at": checkedAt, ":welcome": isWelcome, ":role": role },
    checkedAt,
  )

export const noteToken = (who: Session, tokenUntil: number, at: number): Promise<Item> =>
  set(who, "tokenUntil = :until", { ":until": tokenUntil }, at)
