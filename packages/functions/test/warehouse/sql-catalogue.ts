import { statements } from "../../../core/src/analytics/index.ts"
import { TOPICS } from "../../../core/src/lake/tables.ts"
import { BOOTSTRAP, transactionOf } from "../../../core/src/warehouse/migrate.ts"
import { MIGRATIONS } from "../../../core/src/warehouse/migrations/index.ts"
import { batchId } from "../../../core/src/warehouse/load/object.ts"
import { statementsOf } from "../../../core/src/warehouse/load/statements.ts"

export interface Sql {
  name: string
  sql: string
  values: Readonly<Record<string, string | number>>
  /** A query of the API, or one statement of a transaction. */
  kind: "query" | "batch"
}

export const keyOf = (table: string, n: number): string =>
  `events/v=1/topic=${table}/dt=2024-05-01/hr=10/shardId-000000000000-${"4".repeat(55)}${String(n).padStart(4, "0")}-${"4".repeat(55)}${String(n).padStart(4, "0")}.parquet`

export const objectsOf = (table: (typeof TOPICS)[number], count: number) =>
  Array.from({ length: count }, (_, n) => ({
    table,
    key: keyOf(table, n),
    bytes: 1_000 + n,
    rows: 10,
    stream: "concert",
    shard: "shardId-000000000000",
    firstSequence: `${n + 1}`,
    lastSequence: `${n + 1}`,
  }))

const FILTERS = {
  composer: "Beethoven, Ludwig van",
  work: "SYMPHONY NO. 5",
  conductor: "Bernstein",
  soloist: "Serkin",
  from: "1950-01-01",
  to: "1960-01-01",
  venue: "Carnegie Hall",
  city: "Manhattan, NY",
  artist: "Philharmonic",
  season: "1955-56",
}
/** Nothing, each filter alone, and all together: composed SQL has no other fragments. */
const FILTER_SETS: Record<string, string>[] = [
  {},
  ...Object.entries(FILTERS).map(([name, value]) => ({ [name]: value })),
  FILTERS,
]

function* analytics(): Generator<Omit<Sql, "kind">> {
  const {
    artistsGet,
    concertsGet,
    concertsSearch,
    concertsWorks,
    countsByPeriod,
    loadsRecent,
    namesFind,
    performancesHistory,
    performancesTop,
    venuesGet,
    venuesPopularity,
  } = statements
  yield { name: artistsGet.name, ...artistsGet.bind({ artistId: "a" }) }
  yield { name: loadsRecent.name, ...loadsRecent.bind({ limit: 5 }) }
  yield { name: venuesGet.name, ...venuesGet.bind({ venueId: "v" }) }
  yield { name: concertsGet.name, ...concertsGet.bind({ concertId: "c" }) }
  yield { name: concertsWorks.name, ...concertsWorks.bind({ concertId: "c" }) }
  for (const text of ["Bach", "ludwig van beethoven"]) yield { name: namesFind.name, ...namesFind.bind({ text, limit: 10 }) }
  for (const by of ["concerts", "tickets", "revenue", "score"] as const)
    for (const city of [undefined, "Berlin"])
      yield {
        name: `${venuesPopularity.name} ${by}`,
        ...venuesPopularity.bind({ from: "2024-01-01", to: "2024-04-01", by, city, limit: 5 }),
      }
  for (const filters of FILTER_SETS) {
    yield { name: performancesHistory.name, ...performancesHistory.bind(filters) }
    for (const order of ["first", "last"] as const)
      for (const extra of [{}, { q: "mahler hall" }, { on: "1955-09-05" }, { after: { date: "1955-09-05", concertId: "c" } }])
        yield { name: `${concertsSearch.name} ${order}`, ...concertsSearch.bind({ ...filters, ...extra, order, limit: 10 }) }
    for (const of of ["composer", "work", "conductor", "soloist", "venue", "city", "season", "artist"] as const)
      yield { name: `${performancesTop.name} ${of}`, ...performancesTop.bind({ ...filters, of, limit: 10 }) }
    for (const period of ["day", "month", "year", "season", "decade", "total"] as const)
      for (const measure of ["concerts", "tickets", "revenue", "performances"] as const)
        yield { name: `${countsByPeriod.name} ${period} ${measure}`, ...countsByPeriod.bind({ ...filters, period, measure }) }
  }
}

function* writes(): Generator<Omit<Sql, "kind">> {
  for (const sql of BOOTSTRAP) yield { name: "bootstrap", sql, values: {} }
  for (const migration of MIGRATIONS)
    for (const sql of transactionOf(migration)) yield { name: `migration ${migration.id}`, sql, values: {} }
  for (const table of TOPICS) {
    const objects = objectsOf(table, 3)
    const id = batchId(objects.map(({ key }) => key))
    for (const sql of statementsOf(table, id, "concert-lake", objects)) yield { name: `load ${table}`, sql, values: {} }
  }
}

/** Every SQL text that core can compose. */
export const catalogue = (): Sql[] => [
  ...[...analytics()].map((sql) => ({ ...sql, kind: "query" as const })),
  ...[...writes()].map((sql) => ({ ...sql, kind: "batch" as const })),
]
