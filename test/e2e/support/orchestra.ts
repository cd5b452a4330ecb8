import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { type Random, randomOf } from "../../../packages/season/src/simulate/random.ts"

const HALLS = Array.from({ length: 24 }, (_, index) => [
  `Hall  No. ${index + 1}`,
  index % 3 ? `Town ${index % 7}, NY` : "Vienna, AUSTRIA",
])
const CONDUCTORS = ["Doe,  Jane", "Roe,  Richard", "Doe,  Jane;Roe,  Richard", "Poe, Edgar;Moe, Ann", "Not conducted", undefined]
const TIMES = ["8:00PM", "2:30PM", "11:00AM", "None", "", undefined]
const INSTRUMENTS = ["Piano", "Violin", "Soprano"]

const dateOf = (random: Random) =>
  `${random.whole(1842, 2024)}-${String(random.whole(1, 12)).padStart(2, "0")}-${String(random.whole(1, 28)).padStart(2, "0")}T05:00:00Z`

function concert(random: Random) {
  const [Venue, Location] = random.pick(HALLS)
  const Time = random.pick(TIMES)
  return { eventType: "Subscription Season", Location, Venue, Date: dateOf(random), ...(Time === undefined ? {} : { Time }) }
}

/** Names come back with other blanks, as they do in the real lists: the same person must stay one. */
function soloist(random: Random) {
  if (random.chance(0.15)) return null
  const number = random.whole(1, 40)
  const soloistName = random.chance(0.5) ? `Soloist,  No.  ${number}` : `Soloist, No. ${number}`
  return { soloistName, soloistInstrument: random.pick(INSTRUMENTS), soloistRoles: random.pick(["S", "A"]) }
}

function work(random: Random, row: number) {
  if (row === 2) return { ID: "0*", interval: "Intermission", soloists: [] }
  const number = random.whole(1, 120)
  const conductorName = random.pick(CONDUCTORS)
  return {
    ID: `${number}*${row}`,
    composerName: `Composer,  No. ${number % 30}`,
    workTitle: random.chance(0.1) ? { _: `OVERTURE FROM  (ARR. ${number})`, em: "OBERON" } : `SYMPHONY  NO. ${number}`,
    ...(random.chance(0.3) ? { movement: { _: "Overture To", em: `Act ${number}` } } : {}),
    ...(conductorName === undefined ? {} : { conductorName }),
    soloists: Array.from({ length: random.whole(0, 3) }, () => soloist(random)),
  }
}

const program = (random: Random, number: number) => ({
  id: `${String(number).padStart(8, "0")}-aaaa-bbbb-cccc-dddddddddddd-0.1`,
  programID: String(number),
  orchestra: number % 4 ? "Made-up  Philharmonic" : "Made-up Symphony",
  season: `${1842 + (number % 180)}-${String((1843 + (number % 180)) % 100).padStart(2, "0")}`,
  concerts: Array.from({ length: random.whole(1, 2) }, () => concert(random)),
  works: Array.from({ length: random.whole(1, 5) }, (_, row) => work(random, row)),
})

/** Balanced, so that a reader finds its end, and still not JSON. */
const BROKEN = `{"id": "broken-0.1", "concerts": [{"Date": 1900-01-01}], "works": []}`

const fileOf = (programs: readonly string[]) => `{"programs": [\n${programs.join(",\n")}\n]}\n`

export interface Orchestra {
  folder: string
  /** The programs as their files hold them, one text each, the broken one among them. */
  programs: string[]
  remove(): Promise<void>
}

/** A made-up history in the shape of the New York Philharmonic's export, with its traps: a plain and a packed file in a folder of their own. */
export async function writeOrchestra(seed: string, count = 300): Promise<Orchestra> {
  const random = randomOf(seed)
  const programs = Array.from({ length: count }, (_, index) => JSON.stringify(program(random, index + 1)))
  programs.splice(random.whole(1, count - 1), 0, BROKEN)
  const folder = await mkdtemp(join(tmpdir(), "backline-orchestra-"))
  const half = Math.ceil(programs.length / 2)
  await writeFile(join(folder, "1842_on.json"), fileOf(programs.slice(0, half)))
  await writeFile(join(folder, "1950_on.json.gz"), gzipSync(fileOf(programs.slice(half))))
  return { folder, programs, remove: () => rm(folder, { recursive: true }) }
}
