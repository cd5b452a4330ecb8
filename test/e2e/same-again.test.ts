import { expect, it } from "vitest"
import { WebSocket } from "ws"
import { random } from "../../packages/cloud/src/faults/random.ts"
import { until } from "./product.ts"
import { canonicalLog, hashOf } from "./support/canonical.ts"
import { settled, startHere } from "./support/cloud.ts"

const SEED = Number(process.env.BACKLINE_SEED ?? 7)
const RUNS = Number(process.env.BACKLINE_RUNS ?? 2)

/** One story, told by a seed, one invocation at a time: events, reads, a question, a socket. */
async function story(seed: number): Promise<string[]> {
  const local = await startHere()
  try {
    const next = random(seed)
    const token = await local.token()
    const ask = async (path: string, body?: unknown) => {
      const response = await fetch(`${local.addresses.http}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      expect([path, response.status < 400]).toEqual([path, true])
      return response.json() as Promise<any>
    }
    const invocations = (name: string) =>
      local.cloud.calls.invocations.list().find((each) => each.function.includes(name))?.invocations ?? 0
    for (let n = 0; n < 2; n++) {
      const concertId = `concert-${Math.floor(next() * 1e6)}`
      const data = { concertId, venueId: "venue-1", title: `Concert ${n}`, date: "2026-06-15" }
      await ask("/events", { events: [{ id: `event-${n}`, type: "concert.upserted", at: 1_750_000_000_000 + n, v: 1, data }] })
      // An event at a time: the next one comes when this one is in the warehouse, so every run has the same batches.
      await until("the event is loaded", async () => invocations("Loader") === n + 1)
      await settled(local)
    }
    await ask("/me")
    await ask("/venues/popularity?days=3650")
    await ask("/chat", { text: "How many concerts were there in 2026?" })
    await ask("/conversations")
    const { ticket, url } = await ask("/realtime/ticket", {})
    const socket = new WebSocket(`${url}?ticket=${ticket}`)
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
    for (const id of ["a", "b"]) {
      const answered = new Promise((resolve) => socket.once("message", resolve))
      socket.send(JSON.stringify({ action: "ping", id }))
      await answered
    }
    // Asked as often as it takes until everything is loaded.
    return canonicalLog(
      local.cloud.calls.since(0, 100_000, ({ caller }) => !caller.includes("IngestProgress")),
      /RunWorker|ChatPost/,
    )
  } finally {
    await local.stop()
  }
}

it("the same seed and input give the same call log again", async () => {
  const runs: string[][] = []
  for (let run = 0; run < RUNS; run++) runs.push(await story(SEED))
  const hashes = runs.map(hashOf)
  console.log(`Call logs of ${runs[0]!.length} calls, seed ${SEED}: ${hashes.join(" ")}`)
  for (const run of runs) expect(run).toEqual(runs[0])
  expect(new Set(hashes).size).toBe(1)
  const [one = []] = runs
  const changed = [one.slice(1), [...one, one[0]!], one.with(3, one[3]!.replace("allow", "deny"))]
  for (const log of changed) expect(hashOf(log)).not.toBe(hashes[0])
}, 120_000)
