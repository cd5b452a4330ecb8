import { everyOf, GetCommand, queryPages, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import type { Answers } from "./model.ts"
import { ANSWER_SHARDS, answersKey, answersPartition, Said } from "./table.ts"
import type { Answer } from "./weights.ts"

type Kind = Answer

/** Concerts in one of a person's sets: an item has 400 KB, an id at most 64 bytes, and a read pays for all of them. */
const MOST: Record<Kind, number> = { shown: 500, clicked: 500, dismissed: 1_000 }
/** People whose answers one training reads. */
const MOST_PEOPLE = 20_000

const full = (): AppError =>
  new AppError(
    "limit",
    "limit.dismissed",
    `You have sent away ${MOST.dismissed} concerts, which is all that is remembered. Follow artists instead: they say more about what you like.`,
  )

/** Adds concerts to a person's set. Once more changes nothing; false where the set is full. */
async function add(person: string, kind: Kind, concerts: readonly string[]): Promise<boolean> {
  const added = await unlessRefused(
    dynamo().send(
      new UpdateCommand({
        TableName: config("RECOMMENDATION_TABLE"),
        Key: answersKey(person),
        UpdateExpression: "ADD #kind :concerts",
        ConditionExpression: "attribute_not_exists(#kind) OR size(#kind) <= :most",
        ExpressionAttributeNames: { "#kind": kind },
        ExpressionAttributeValues: { ":concerts": new Set(concerts), ":most": MOST[kind] - concerts.length },
      }),
    ),
  )
  return added !== undefined
}

/** Keeps what a person did. Dismissals come first and are never lost silently; shown and clicked are hints, and the surplus is dropped. */
export async function keep(person: string, items: readonly { concertId: string; kind: Kind }[]): Promise<void> {
  const of = (kind: Kind) => [...new Set(items.filter((item) => item.kind === kind).map(({ concertId }) => concertId))]
  for (const kind of ["dismissed", "clicked", "shown"] as const) {
    const concerts = of(kind)
    if (concerts.length > 0 && !(await add(person, kind, concerts)) && kind === "dismissed") throw full()
  }
}

export async function saidBy(person: string): Promise<Said> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("RECOMMENDATION_TABLE"), Key: answersKey(person), ConsistentRead: true }),
  )
  return Said.parse(Item ?? {})
}

/** What all people said, as trainings read it. Of one concert the dismissal counts before the click, and the click before that it was shown. */
export async function readAnswers(): Promise<Answers> {
  const answers = new Map<string, Map<string, Answer>>()
  for (let shard = 0; shard < ANSWER_SHARDS && answers.size < MOST_PEOPLE; shard++) {
    for await (const items of queryPages({ TableName: config("RECOMMENDATION_TABLE"), ...everyOf(answersPartition(shard)) })) {
      for (const item of items) {
        const { shown, clicked, dismissed } = Said.parse(item)
        const said = new Map<string, Answer>()
        for (const concert of shown) said.set(concert, "shown")
        for (const concert of clicked) said.set(concert, "clicked")
        for (const concert of dismissed) said.set(concert, "dismissed")
        if (said.size > 0) answers.set(String(item.sk), said)
      }
      if (answers.size >= MOST_PEOPLE) break
    }
  }
  return answers
}
