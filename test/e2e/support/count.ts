/** What the warehouse must hold after an import, by table and trap. */
export interface Counts {
  concerts: number
  venues: number
  works: number
  soloists: number
  /** Different works of all programs, however often played. */
  titles: number
  movements: number
  /** Rows whose conductor is a list of several. */
  conductedTogether: number
  withoutTime: number
}

const tidy = (text: unknown): string =>
  String(text ?? "")
    .replace(/\s+/g, " ")
    .trim()

/** Counts raw programs with loops over plain objects; shares no code with the importer, on purpose. */
export function countPrograms(programs: readonly string[]): Counts {
  const counts: Counts = {
    concerts: 0,
    venues: 0,
    works: 0,
    soloists: 0,
    titles: 0,
    movements: 0,
    conductedTogether: 0,
    withoutTime: 0,
  }
  const venues = new Set<string>()
  const titles = new Set<string>()
  for (const text of programs) {
    let program: any
    try {
      program = JSON.parse(text)
    } catch {
      continue // the broken one
    }
    for (const concert of program.concerts) {
      counts.concerts++
      venues.add(`${tidy(concert.Venue)} in ${tidy(concert.Location)}`)
      if (!/^\d/.test(concert.Time ?? "")) counts.withoutTime++
      for (const work of program.works) {
        if (work.interval || !(work.composerName || work.workTitle)) continue
        counts.works++
        titles.add(work.ID.slice(0, work.ID.indexOf("*")))
        if (work.movement) counts.movements++
        if (String(work.conductorName).includes(";")) counts.conductedTogether++
        for (const soloist of work.soloists) if (soloist !== null && tidy(soloist.soloistName)) counts.soloists++
      }
    }
  }
  counts.venues = venues.size
  counts.titles = titles.size
  return counts
}
