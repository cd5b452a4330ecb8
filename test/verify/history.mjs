// Reads the Philharmonic's raw files and counts, sharing no code with the product. Everything is counted from lists of plain
// objects with loops, on purpose: this file is right when a reader can see that it is.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"

const tidy = (text) =>
  String(text ?? "")
    .replace(/\s+/g, " ")
    .trim()
/** `workTitle` and `movement` are sometimes objects left over from XML: their text is in `_`, the italic part in `em`. */
const words = (value) =>
  value && typeof value === "object" ? tidy(Object.values(value).flat().map(words).join(" ")) : tidy(value)

/** Every concert: { date, hall, place, season, works: [{ id, composer, title, conductor, soloists: [name] }] } */
export function readHistory(folder) {
  const concerts = []
  for (const name of readdirSync(folder)
    .filter((each) => /\.json(\.gz)?$/.test(each))
    .sort()) {
    const bytes = readFileSync(join(folder, name))
    const { programs } = JSON.parse(name.endsWith(".gz") ? gunzipSync(bytes) : bytes)
    for (const program of programs) {
      const works = program.works
        .filter((work) => !work.interval)
        .map((work) => ({
          id: work.ID,
          composer: tidy(work.composerName),
          title: words(work.workTitle),
          conductors: tidy(work.conductorName).split(";").map(tidy).filter(Boolean),
          soloists: (work.soloists ?? []).filter(Boolean).map((soloist) => tidy(soloist.soloistName)),
        }))
      for (const concert of program.concerts)
        concerts.push({
          date: concert.Date.slice(0, 10),
          hall: tidy(concert.Venue),
          place: tidy(concert.Location),
          season: tidy(program.season),
          works,
        })
    }
  }
  return concerts
}

const has = (text, part) => text.toLowerCase().includes(part.toLowerCase())

/** Concerts that match every given filter. `from` is included, `to` is not. */
export function concertsOf(history, { from, to, hall, place, season, composer, title, conductor, soloist } = {}) {
  return history.filter(
    (concert) =>
      (!from || concert.date >= from) &&
      (!to || concert.date < to) &&
      (!hall || has(concert.hall, hall)) &&
      (!place || has(concert.place, place)) &&
      (!season || concert.season === season) &&
      ((!composer && !title && !conductor && !soloist) ||
        concert.works.some(
          (work) =>
            (!composer || has(work.composer, composer)) &&
            (!title || title.test(work.title)) &&
            (!conductor || work.conductors.some((name) => has(name, conductor))) &&
            (!soloist || work.soloists.some((name) => has(name, soloist))),
        )),
  )
}

/** How many concerts each value of `of(concert)` (one or several) has, most first. */
export function ranking(concerts, of) {
  const counts = new Map()
  for (const concert of concerts)
    for (const key of new Set([of(concert)].flat())) if (key) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

export const first = (concerts) => concerts.map(({ date }) => date).sort()[0]
export const last = (concerts) =>
  concerts
    .map(({ date }) => date)
    .sort()
    .at(-1)
export const decade = (year) => ({ from: `${year}-01-01`, to: `${year + 10}-01-01` })
