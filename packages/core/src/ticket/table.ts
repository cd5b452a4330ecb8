import { createHash } from "node:crypto"
import { DeleteCommand, IS_THERE, PutCommand, unlessRefused } from "../dynamo/index.ts"
import { type Role, ROLES } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import * as z from "zod"

/**
 * CONNECTION_TABLE, access patterns: put a ticket · take it once, by its value.
 * The key holds a hash, so nobody who reads the table or its stream holds a ticket.
 */
const keyOf = (ticket: string) => ({ pk: `ticket#${createHash("sha256").update(ticket).digest("base64url")}`, sk: "ticket" })

/** What a request without an Origin header remembers; no browser sends this. */
const NO_ORIGIN = "none"

export interface Item {
  userId: string
  role: Role
  /** The sign-in of the token that asked. */
  session?: string
  origin: string | undefined
  /** Epoch milliseconds. */
  tokenExpiresAt: number
  /** Epoch milliseconds. */
  expiresAt: number
}

const Stored = z.object({ userId: z.string(), role: z.enum(ROLES), session: z.string().optional(), tokenExpiresAt: z.number() })

export async function put(ticket: string, { origin = NO_ORIGIN, ...item }: Item): Promise<void> {
  const ttl = Math.ceil(item.expiresAt / 1000)
  await dynamo().send(new PutCommand({ TableName: config("CONNECTION_TABLE"), Item: { ...keyOf(ticket), ...item, origin, ttl } }))
}

/** Deletes the ticket if it is alive and was given to this origin, and says whose it was: one conditional write, so of any number of takers one wins. */
export async function take(ticket: string, origin: string | undefined, now: number): Promise<z.infer<typeof Stored> | undefined> {
  const taken = await unlessRefused(
    dynamo().send(
      new DeleteCommand({
        TableName: config("CONNECTION_TABLE"),
        Key: keyOf(ticket),
        ConditionExpression: `${IS_THERE} AND expiresAt > :now AND origin = :origin`,
        ExpressionAttributeValues: { ":now": now, ":origin": origin ?? NO_ORIGIN },
        ReturnValues: "ALL_OLD",
      }),
    ),
  )
  return taken && Stored.parse(taken.Attributes)
}
