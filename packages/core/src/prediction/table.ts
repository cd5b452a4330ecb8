import * as z from "zod"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { GetCommand, IS_NEW, PutCommand, QueryCommand, unlessRefused } from "../dynamo/index.ts"
import { Metrics } from "./artifact.ts"

/**
 * MODEL_TABLE, access patterns: which model answers · what was last tried · the card of a version · cards, newest data first.
 * All in one partition: a training writes a few items in hours, and a prediction reads one that functions keep.
 */
const PK = "tickets"
const keyOf = (sk: string) => ({ pk: PK, sk })

/** What is told of a model. */
export const Card = z.object({
  version: z.string(),
  dataHash: z.string(),
  trainedAt: z.number(),
  coverage: z.number(),
  metrics: Metrics,
  elasticity: z.object({ value: z.number(), error: z.number() }),
  promoted: z.boolean(),
  /** Why it was promoted, or why not. */
  reason: z.string(),
})
export type Card = z.output<typeof Card>

const Current = z.object({
  version: z.string(),
  since: z.number(),
  /** Versions that answered before, the latest last. */
  earlier: z.array(z.string()),
})
export type Current = z.output<typeof Current>

const Attempt = z.object({ at: z.number(), told: z.string() })
export type Attempt = z.output<typeof Attempt>

const MOST_EARLIER = 20

async function item(sk: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await dynamo().send(new GetCommand({ TableName: config("MODEL_TABLE"), Key: keyOf(sk), ConsistentRead: true }))
  return Item
}

async function put(sk: string, value: object): Promise<void> {
  await dynamo().send(new PutCommand({ TableName: config("MODEL_TABLE"), Item: { ...keyOf(sk), ...value } }))
}

const read = async <S extends z.ZodType>(sk: string, schema: S): Promise<z.output<S> | undefined> => {
  const found = await item(sk)
  return found && schema.parse(found)
}

export const current = (): Promise<Current | undefined> => read("current", Current)
export const attempt = (): Promise<Attempt | undefined> => read("attempt", Attempt)
export const card = (version: string): Promise<Card | undefined> => read(`card#${version}`, Card)
export const keepAttempt = (attempt: Attempt): Promise<void> => put("attempt", attempt)
/** Written last of a training: a version without a card is trained again. */
export const keepCard = (card: Card): Promise<void> => put(`card#${card.version}`, card)

/** Puts a version in the place of the one that was seen there; false when another one is there by now. */
export async function replace(seen: Current | undefined, next: Current): Promise<boolean> {
  const replaced = await unlessRefused(
    dynamo().send(
      new PutCommand({
        TableName: config("MODEL_TABLE"),
        Item: { ...keyOf("current"), ...next, earlier: next.earlier.slice(-MOST_EARLIER) },
        ...(seen
          ? {
              ConditionExpression: "version = :version AND since = :since",
              ExpressionAttributeValues: { ":version": seen.version, ":since": seen.since },
            }
          : { ConditionExpression: IS_NEW }),
      }),
    ),
  )
  return replaced !== undefined
}

/** At most `limit` cards, newest data first, and whether there are more after the last. */
export async function cards(limit: number, after?: string): Promise<{ items: Card[]; next?: string }> {
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: config("MODEL_TABLE"),
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :card)",
      ExpressionAttributeValues: { ":pk": PK, ":card": "card#" },
      ScanIndexForward: false,
      Limit: limit,
      ...(after === undefined ? {} : { ExclusiveStartKey: keyOf(`card#${after}`) }),
    }),
  )
  const items = Items.map((each) => Card.parse(each))
  const last = items.at(-1)
  return LastEvaluatedKey && last ? { items, next: last.version } : { items }
}
