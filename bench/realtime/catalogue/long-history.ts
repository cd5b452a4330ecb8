import { as, startRooms } from "../../../packages/core/test/room/world.ts"
import { checkLog } from "../../../packages/core/test/room/check-log.ts"
import * as Room from "../../../packages/core/src/room/index.ts"
import { median } from "../../table.ts"
import { longRoom } from "../long-room.ts"
import { entryOf } from "../room-client.ts"
import { Sheet } from "../sheet.ts"

const SIZES = { small: 2_000, full: 100_000 }
const MOST = 100

/** A long room, written and read to its beginning: every page as large and as quick as the first. */
export async function longHistory({ full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const count = full ? SIZES.full : SIZES.small
  const world = await startRooms()
  try {
    const room = await longRoom(count)
    const times: number[] = []
    const log: ReturnType<typeof entryOf>[] = []
    let largest = 0
    const { raw } = await world.spent(async () => {
      for (let before: number | undefined; ;) {
        const started = performance.now()
        const page: Awaited<ReturnType<typeof Room.history>> = await as("owner", () =>
          Room.history({ room, before, limit: MOST }),
        )
        times.push(performance.now() - started)
        largest = Math.max(largest, page.messages.length)
        log.unshift(...page.messages.map(entryOf))
        if (page.next === undefined) return
        before = page.next
      }
    })
    const tenth = Math.max(1, Math.floor(times.length / 10))
    sheet.add({
      historyProblems: [
        checkLog(log).length + count - log.length,
        `in ${count} messages read page by page to the first`,
        { max: 0 },
      ],
      historyPage: [largest, "messages in the largest page", { max: MOST }],
      historyScans: [raw.filter(({ operation }) => operation === "Scan").length, "scans", { max: 0 }],
      historyDeepOverNew: [
        median(times.slice(-tenth)) / median(times.slice(0, tenth)),
        "time of the oldest pages over the newest",
        { max: 2 },
      ],
    })
    return sheet
  } finally {
    await world.stop()
  }
}
