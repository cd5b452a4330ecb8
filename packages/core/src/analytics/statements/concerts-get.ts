import * as z from "zod"
import { Id } from "../../event/fields.ts"
import { LIVE } from "../filters.ts"
import { statement } from "../statement.ts"
import { CONCERT_COLUMNS, CONCERT_ROW } from "./concert-row.ts"

const params = z.strictObject({ concertId: Id.describe("The concert's id, as the producer chose it.") })

export const concertsGet = statement({
  name: "concerts.get",
  description: "One concert by id; no row where it does not exist or was cancelled.",
  params,
  row: CONCERT_ROW,
  bind: ({ concertId }) => ({
    sql: `SELECT ${CONCERT_COLUMNS}
FROM ${LIVE}
AND c.concert_id = :concert_id`,
    values: { concert_id: concertId },
  }),
})

/** One row per soloist of a work, or one without a soloist. */
export const concertsWorks = statement({
  name: "concerts.works",
  description: "The programme of one concert: its works with composer, conductor and soloists.",
  params,
  row: {
    event_id: "text",
    position: "integer",
    work_id: "text",
    composer: "text?",
    title: "text",
    movement: "text?",
    conductor: "text?",
    soloist_event_id: "text?",
    soloist: "text?",
    instrument: "text?",
    role: "text?",
  },
  bind: ({ concertId }) => ({
    sql: `SELECT CAST(w.event_id AS VARCHAR(80)) AS event_id, CAST(w.position AS INTEGER) AS position, CAST(w.work_id AS VARCHAR(64)) AS work_id,
  CAST(w.composer AS VARCHAR(900)) AS composer, CAST(w.title AS VARCHAR(900)) AS title, CAST(w.movement AS VARCHAR(900)) AS movement,
  CAST(w.conductor AS VARCHAR(900)) AS conductor, CAST(s.event_id AS VARCHAR(80)) AS soloist_event_id, CAST(s.name AS VARCHAR(900)) AS soloist,
  CAST(s.instrument AS VARCHAR(900)) AS instrument, CAST(s.role AS VARCHAR(900)) AS role
FROM core.fact_work w LEFT JOIN core.fact_soloist s ON s.work_event_id = w.event_id
WHERE w.concert_id = :concert_id
ORDER BY w.position, w.event_id, LEN(COALESCE(s.event_id, '')), COALESCE(s.event_id, '')`,
    values: { concert_id: concertId },
  }),
})
