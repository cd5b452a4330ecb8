import { beforeEach, describe, expect, it, vi } from "vitest"
import { withClock } from "../clock.ts"
import { reannounce } from "./reannounce.ts"
import { pendingItem, progressItem } from "./table.ts"
import { Died, World } from "./testing/cloud.ts"

let world: World
vi.mock("../aws.ts", () => ({ dynamo: () => world.dynamo, sqs: () => world.sqs }))

const WRITTEN = 1_790_000_000_000
const WAIT = 60_000

const put = (item: { pk: string; sk: string }) => world.items.set(`${item.pk} ${item.sk}`, item)
const shard = (name: string) =>
  put(progressItem({ stream: "s", shard: name, consumed: "900", arrivedAt: 1, counts: {}, quarantined: 0, recent: [] }))
const pending = (shard: string, first: string) =>
  put(
    pendingItem(
      { table: "ticket", key: `k${first}`, bytes: 1, rows: 1, stream: "s", shard, firstSequence: first, lastSequence: first },
      WRITTEN,
    ),
  )
const after = (ms: number) => withClock({ now: () => WRITTEN + ms }, reannounce)
const told = () => world.messages.map(({ key }) => key)

beforeEach(() => {
  world = new World()
  vi.stubEnv("INGEST_TABLE", "ingest")
  vi.stubEnv("LOAD_QUEUE_URL", "https://sqs.test/loads")
  vi.stubEnv("LOAD_OVERDUE_SECONDS", String(WAIT / 1000))
})

describe("objects that nobody loads", () => {
  it("are told to the loader again once they are overdue, of every shard, as the messages they were", async () => {
    for (const name of ["a", "b"]) shard(name)
    pending("a", "10")
    pending("b", "20")
    expect(await after(WAIT - 1)).toEqual({ announced: 0 })
    expect(await after(WAIT)).toEqual({ announced: 2 })
    expect(world.messages).toContainEqual({
      table: "ticket",
      key: "k10",
      bytes: 1,
      rows: 1,
      stream: "s",
      shard: "a",
      firstSequence: "10",
      lastSequence: "10",
    })
    expect(told()).toEqual(["k10", "k20"])
  })

  it("are told less and less often, and at last not at all", async () => {
    shard("a")
    pending("a", "10")
    const at: number[] = []
    for (let minute = 1; minute < 500; minute++) if ((await after(minute * WAIT)).announced > 0) at.push(minute)
    expect(at).toEqual([1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 66, 78])
  })

  it("are left alone once they are loaded, also while they are being told", async () => {
    shard("a")
    pending("a", "10")
    pending("a", "20")
    const send = world.sqs.send
    vi.spyOn(world.sqs, "send").mockImplementation(async (command) => {
      for (const key of world.items.keys()) if (key.includes("k10")) world.items.delete(key)
      return send(command)
    })
    expect(await after(WAIT)).toEqual({ announced: 2 })
    expect(world.pending().map(({ key }) => key)).toEqual(["k20"])
  })

  it("are told twice rather than never when the run dies before it has marked them", async () => {
    shard("a")
    pending("a", "10")
    world.die = { at: 3, after: false }
    await expect(after(WAIT)).rejects.toThrow(Died)
    expect(told()).toEqual(["k10"])
    world.die = undefined
    expect(await after(WAIT + 1)).toEqual({ announced: 1 })
    expect(told()).toEqual(["k10", "k10"])
  })

  it("of an empty table are none", async () => {
    expect(await after(WAIT)).toEqual({ announced: 0 })
  })
})
