import { everyOf, queryPages, SearchVectorsCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { log } from "../logger.ts"
import { dot } from "./factors.ts"
import { AVAILABLE, type Concert, concertOf, INDEX, partition } from "./table.ts"
import type { Candidate } from "./pick.ts"

/** A search gives no more: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchTroubleshooting.html */
const MOST_FOUND = 100
/** Concerts of a version that are read where there is no index, and looked through for popular ones. */
const MOST_READ = 5_000

interface Wanted {
  version: string
  /** Folded. */
  city?: string
}

/** Nearest by the index: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html */
async function searched(vector: readonly number[], { version, city }: Wanted): Promise<Candidate[]> {
  const { SearchResults = [] } = await dynamo().send(
    new SearchVectorsCommand({
      TableName: config("RECOMMENDATION_TABLE"),
      IndexName: INDEX,
      SearchVector: [...vector],
      TopK: MOST_FOUND,
      SearchConditionExpression: `#model = :model AND #available = :yes${city ? " AND #city = :city" : ""}`,
      ExpressionAttributeNames: { "#model": "model", "#available": "available", ...(city && { "#city": "cityKey" }) },
      ExpressionAttributeValues: { ":model": version, ":yes": AVAILABLE, ...(city && { ":city": city }) },
    }),
  )
  return SearchResults.flatMap(({ Item, Score }) =>
    Item ? [{ concert: concertOf(Item), score: Score ?? 0, strategy: "personal" as const }] : [],
  )
}

/** Concerts of a version, most popular first, page by page. */
async function* pages({ version, city }: Wanted, pageSize: number): AsyncGenerator<Concert[]> {
  const every = everyOf(partition("concert", version))
  let left = MOST_READ
  for await (const items of queryPages({
    TableName: config("RECOMMENDATION_TABLE"),
    ...every,
    FilterExpression: `#available = :yes${city ? " AND #city = :city" : ""}`,
    ExpressionAttributeNames: { "#available": "available", ...(city && { "#city": "cityKey" }) },
    ExpressionAttributeValues: { ...every.ExpressionAttributeValues, ":yes": AVAILABLE, ...(city && { ":city": city }) },
    Limit: pageSize,
  })) {
    yield items.map(concertOf)
    left -= pageSize
    if (left <= 0) return
  }
}

/** The same without an index: every concert of the version is read and compared here. */
async function compared(vector: readonly number[], wanted: Wanted): Promise<Candidate[]> {
  const found: Candidate[] = []
  for await (const page of pages(wanted, 1_000))
    for (const concert of page) found.push({ concert, score: dot(vector, concert.vector), strategy: "personal" })
  return found.toSorted((a, b) => b.score - a.score).slice(0, MOST_FOUND)
}

/** An index that was added to a table is filled first, for minutes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchTroubleshooting.html */
const isBackfilling = (error: unknown): boolean =>
  error instanceof Error && error.name === "ValidationException" && error.message.includes("backfilling")

/** The concerts that fit a taste best, best first, at most 100. */
export async function nearest(vector: readonly number[], wanted: Wanted): Promise<Candidate[]> {
  if (config("RECOMMENDATION_SEARCH") === "table") return compared(vector, wanted)
  try {
    return await searched(vector, wanted)
  } catch (error) {
    if (!isBackfilling(error)) throw error
    log.warn("the vector index is being filled, the table was read")
    return compared(vector, wanted)
  }
}

/** The most popular that `fits` lets through, up to `most`. */
export async function popular(wanted: Wanted, most: number, fits: (concert: Concert) => boolean): Promise<Candidate[]> {
  const found: Candidate[] = []
  for await (const page of pages(wanted, 100)) {
    for (const concert of page) if (fits(concert)) found.push({ concert, score: concert.popularity, strategy: "popular" })
    if (found.length >= most) break
  }
  return found
}
