import { statements } from "../../../core/src/analytics/index.ts"
import { predictionsPast, predictionsRecords, predictionsStanding } from "../../../core/src/prediction/statements.ts"
import { QUESTIONS } from "../../../core/src/recommendation/facts.ts"
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
  kind: "query" | "learning" | "tastes" | "batch"
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
    concertsFigures,
    concertsGet,
    concertsPrices,
    concertsSearch,
    concertsViews,
    concertsWorks,
    countsByPeriod,
    loadsByTable,
    loadsRejected,
    loadsRecent,
    namesFind,
    performancesHistory,
    performancesTop,
    salesByPeriod,
    salesTop,
    venuesGet,
    venuesPopularity,
  } = statements
  yield { name: artistsGet.name, ...artistsGet.bind({ artistId: "a" }) }
  yield { name: loadsRecent.name, ...loadsRecent.bind({ limit: 5 }) }
  yield { name: venuesGet.name, ...venuesGet.bind({ venueId: "v" }) }
  yield { name: concertsGet.name, ...concertsGet.bind({ concertId: "c" }) }
  yield { name: concertsWorks.name, ...concertsWorks.bind({ concertId: "c" }) }
  for (const statement of [concertsFigures, concertsPrices, concertsViews])
    yield { name: statement.name, ...statement.bind({ concertId: "c" }) }
  for (const statement of [loadsByTable, loadsRejected]) yield { name: statement.name, ...statement.bind({}) }
  const { from, to, venue, city, artist } = FILTERS
  for (const places of [
    {},
    { from },
    { to },
    { venue },
    { city },
    { artist },
    { concert: "c" },
    { from, to, venue, city, artist, concert: "c" },
  ])
    for (const of of ["sale", "concert"] as const)
      for (const by of ["day", "week", "month"] as const)
        yield { name: `${salesByPeriod.name} ${of} ${by}`, ...salesByPeriod.bind({ of, by, ...places }) }
  for (const places of [{}, { from, to, venue, city, artist }])
    for (const of of ["artists", "cities", "works"] as const)
      for (const by of ["tickets", "revenue", "concerts"] as const)
        for (const currency of [undefined, "EUR"])
          yield { name: `${salesTop.name} ${of} ${by}`, ...salesTop.bind({ of, by, currency, limit: 5, ...places }) }
  const until = "2024-05-01 10:00:00"
  yield { name: predictionsStanding.name, ...predictionsStanding.bind({ concertId: "c", since: "2024-05-01" }) }
  for (const some of [{}, { artistId: "a" }, { currency: "EUR" }, { artistId: "a", currency: "EUR" }])
    yield { name: predictionsRecords.name, ...predictionsRecords.bind({ ...some, venueId: "v", until }) }
  for (const text of ["Bach", "ludwig van beethoven"]) yield { name: namesFind.name, ...namesFind.bind({ text, limit: 10 }) }
  for (const by of ["concerts", "tickets", "revenue", "score"] as const)
    for (const city of [undefined, "Berlin"])
      for (const currency of [undefined, "EUR"])
        yield {
          name: `${venuesPopularity.name} ${by}`,
          ...venuesPopularity.bind({ from: "2024-01-01", to: "2024-04-01", by, city, currency, limit: 5 }),
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
        for (const currency of [undefined, "EUR"])
          yield {
            name: `${countsByPeriod.name} ${period} ${measure}`,
            ...countsByPeriod.bind({ ...filters, period, measure, currency }),
          }
  }
}

/** Read by who trains, with a role of its own. */
function* learning(): Generator<Omit<Sql, "kind">> {
  for (const by of ["recorded", "ingested"] as const)
    yield { name: `${predictionsPast.name} ${by}`, ...predictionsPast.bind({ until: "2024-05-01 10:00:00", skip: 0, by }) }
}

function* training(): Generator<Omit<Sql, "kind">> {
  for (const { name, sql, values } of QUESTIONS) yield { name, sql, values }
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
  ...[...learning()].map((sql) => ({ ...sql, kind: "learning" as const })),
  ...[...training()].map((sql) => ({ ...sql, kind: "tastes" as const })),
  ...[...writes()].map((sql) => ({ ...sql, kind: "batch" as const })),
]
