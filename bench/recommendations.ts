import { createTables, table } from "../packages/cloud/test/dynamodb-cloud.ts"
import { dynamo } from "../packages/core/src/aws.ts"
import { nearest } from "../packages/core/src/recommendation/candidates.ts"
import { fit } from "../packages/core/src/recommendation/model.ts"
import { concertItem } from "../packages/core/src/recommendation/table.ts"
import { writeRows } from "../packages/core/src/recommendation/versions.ts"
import { measure, type Measured } from "./parts.ts"
import { compared } from "./recommendations/offline.ts"
import { planted } from "./recommendations/planted.ts"
import type { Report } from "./table.ts"

const SEED = 1
const percent = (share: number) => share * 100

/** The product's model against popularity and chance, on what planted people did after the day on which it learned. */
function quality(people: number, artists: number): Measured {
  const own = compared(planted({ people, artists, tastes: 8, seed: SEED }), SEED)
  const none = compared(planted({ people, artists, tastes: 1, seed: SEED }), SEED)
  const { personal, popular, random, trainMs } = own
  const told = { personal, popular, random }
  const figures: Record<string, number> = {}
  const notes: Record<string, string> = {}
  for (const [name, { recall, ndcg, coverage }] of Object.entries(told)) {
    Object.assign(figures, {
      [`${name}_recall20`]: percent(recall),
      [`${name}_ndcg20`]: percent(ndcg),
      [`${name}_coverage`]: percent(coverage),
    })
    notes[`${name}_recall20`] = `%, of ${people} people with one of 8 tastes, what they went to later, in the first 20 by ${name}`
  }
  Object.assign(figures, {
    recall_over_popular: personal.recall / popular.recall,
    recall_over_popular_without_tastes: none.personal.recall / none.popular.recall,
    train_ms: trainMs,
  })
  notes.recall_over_popular = "times the recall of popularity, with planted tastes"
  notes.recall_over_popular_without_tastes =
    "the same where nobody has a taste of their own: no gain is to be had there, and none is claimed"
  notes.train_ms = `ms, ${people} people and ${artists} artists, from nothing`
  return {
    figures,
    notes,
    goals: { recall_over_popular: { min: 1.5 }, personal_coverage: { min: 2 * percent(popular.coverage) } },
  }
}

/** What one answer reads, with the vector index and by reading the table, as the services count it. */
async function prices(artists: number): Promise<Measured> {
  const { facts, now } = planted({ people: 100, artists, tastes: 8, seed: SEED })
  const { concerts, tastes } = fit(facts, new Map(), new Map(), now)
  const tables = await createTables([
    table("recommendation", ["pk", "sk"], {
      AttributeDefinitions: ["pk", "sk", "model", "available", "cityKey"].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      VectorIndexes: [
        {
          IndexName: "byTaste",
          VectorAttribute: { AttributeName: "vector" },
          Dimensions: 16,
          DistanceFunction: "DOT_PRODUCT",
          SearchSchema: [
            { AttributeName: "model", SearchSchemaElementType: "HASH" },
            { AttributeName: "available", SearchSchemaElementType: "INLINE_FILTER" },
            { AttributeName: "cityKey", SearchSchemaElementType: "INLINE_FILTER" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  ])
  try {
    const { endpoint, region, credentials } = tables.as()
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      RECOMMENDATION_TABLE: "recommendation",
    })
    await writeRows(concerts.map((concert) => concertItem("v", concert)))
    const asked = async (search: "index" | "table") => {
      process.env.RECOMMENDATION_SEARCH = search
      const since = tables.calls.since(0, 100_000).length
      const found = await nearest(tastes[0]!.vector, { version: "v" })
      const units: Record<string, number> = {}
      for (const call of tables.calls.since(0, 100_000).slice(since))
        for (const [unit, count] of Object.entries(call.units ?? {})) units[unit] = (units[unit] ?? 0) + Number(count)
      return { found: found.map(({ concert }) => concert.concertId), units }
    }
    const [index, plain] = [await asked("index"), await asked("table")]
    if (index.found.join() !== plain.found.join()) console.error("The index and the table order some equal scores differently.")
    return {
      figures: {
        concerts: concerts.length,
        index_search_bytes: index.units.vectorSearchBytes ?? 0,
        index_read_units: index.units.RRU ?? 0,
        table_read_units: plain.units.RRU ?? 0,
        table_search_bytes: plain.units.vectorSearchBytes ?? 0,
      },
      goals: { table_search_bytes: { max: 0 }, index_read_units: { max: 0 } },
      notes: {
        concerts: "upcoming, in one version",
        index_search_bytes: "bytes that one answer searches at most with a vector index (VectorSearchRequestBytes)",
        index_read_units: "read request units of the same answer",
        table_read_units: "read request units of the same answer without an index: every concert is read",
      },
    }
  } finally {
    dynamo().destroy()
    await tables.stop()
  }
}

/** Offline quality of recommendations, and what one answer reads. */
export const recommendations = ({ full }: { full: boolean }): Promise<Report> =>
  measure({ bench: "recommendations", figures: {}, goals: {}, notes: {} }, [
    { name: "quality", limitMs: 10 * 60_000, run: async () => (full ? quality(5_000, 1_000) : quality(1_000, 200)) },
    { name: "prices", limitMs: 5 * 60_000, run: () => prices(full ? 1_000 : 200) },
  ])
