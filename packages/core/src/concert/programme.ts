import type { statements } from "../analytics/index.ts"
import type { RowOf } from "../warehouse/index.ts"

export interface Soloist {
  name: string
  instrument: string | null
  role: string | null
}

/** A work, or a movement of it, as it was performed in a concert. */
export interface Work {
  position: number
  workId: string
  composer: string | null
  title: string
  movement: string | null
  conductor: string | null
  soloists: Soloist[]
}

type Row = RowOf<typeof statements.concertsWorks.row>

/** Rows come one per soloist, in the order of the programme. */
export function programmeOf(rows: readonly Row[]): Work[] {
  const works = new Map<string, Work>()
  for (const row of rows) {
    const { position, composer, title, movement, conductor } = row
    const work = works.get(row.event_id) ?? { position, workId: row.work_id, composer, title, movement, conductor, soloists: [] }
    works.set(row.event_id, work)
    if (row.soloist !== null) work.soloists.push({ name: row.soloist, instrument: row.instrument, role: row.role })
  }
  return [...works.values()]
}
