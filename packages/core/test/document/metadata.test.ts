import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { dynamo } from "../../src/aws.ts"
import * as Room from "../../src/room/index.ts"
import type { AppError } from "../../src/error.ts"
import * as Document from "../../src/document/index.ts"
import { type Call, isLinearizable } from "./linearizable.ts"
import { as, startDocuments } from "./world.ts"

const CLIENTS = 8
/** The catalogue's 10,000 with BACKLINE_FULL=1. */
const OPS = process.env.BACKLINE_FULL === "1" ? 10_000 : 320

let world: Awaited<ReturnType<typeof startDocuments>>
beforeAll(async () => {
  world = await startDocuments()
})
afterAll(() => world.stop())

const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 4))

/** Calls and answers of reads and changes, with a delay before and after each call to the table. */
async function history(id: string): Promise<Call[]> {
  const calls: Call[] = []
  const real = dynamo().send.bind(dynamo()) as (command: object) => Promise<unknown>
  const spied = vi.spyOn(dynamo() as { send(command: object): Promise<unknown> }, "send").mockImplementation(async (command) => {
    await pause()
    const answer = await real(command)
    await pause()
    return answer
  })
  let last = { version: 1, title: "0" }
  const read = async (from: number) => {
    const { version, title } = await Document.get({ id })
    last = { version, title }
    calls.push({ kind: "read", from, to: performance.now(), version, value: title })
  }
  const change = async (from: number, title: string) => {
    const expected = last.version
    const done = await Document.change({ id, version: expected, title }).then(
      () => true,
      (error: AppError) => {
        if (error.code !== "conflict.version") throw error
        return false
      },
    )
    calls.push({ kind: "change", from, to: performance.now(), expected, value: title, done })
  }
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let n = 0; n < OPS / CLIENTS; n++)
        if (Math.random() < 0.5) await read(performance.now())
        else await change(performance.now(), `${client}-${n}`)
    }),
  )
  spied.mockRestore()
  return calls
}

/** A read that gives what an earlier read, over before it began, had found replaced. */
function staleRead(calls: readonly Call[]): Call[] {
  const reads = calls.filter((call) => call.kind === "read")
  const fresh = reads.find((late) => reads.some((early) => early.to < late.from && early.version < late.version))!
  const old = reads.find((early) => early.to < fresh.from && early.version < fresh.version)!
  const planted: Call = { kind: "read", from: fresh.to + 1e-7, to: fresh.to + 2e-7, version: old.version, value: old.value }
  return [...calls, planted]
}

/** Two changes that both took the place of the same version. */
function lostChange(calls: readonly Call[]): Call[] {
  const won = calls.find((call) => call.kind === "change" && call.done)!
  return [...calls, { ...won, from: won.to + 1e-7, to: won.to + 2e-7, value: "lost" } as Call]
}

const refusedThatFits = (calls: readonly Call[]): Call[] => {
  const won = calls.find((call) => call.kind === "change" && call.done)!
  return calls.map((call) => (call === won ? ({ ...call, done: false } as Call) : call))
}

test("titles changed by eight people at once are linearizable, and the checker finds planted stale reads and lost changes", async () => {
  const { id } = await as("ada", () => Document.create({ title: "0" }))
  const calls = await as("ada", () => history(id))
  const initial = { version: 1, value: "0" }
  const won = calls.filter((call) => call.kind === "change" && call.done).length
  const started = performance.now()
  const verdict = isLinearizable(calls, initial)
  const planted = [staleRead, lostChange, refusedThatFits].map((plant) => isLinearizable(plant(calls), initial))
  console.log(
    `${calls.length} calls of ${CLIENTS} clients, ${won} changes won: linearizable ${verdict}; planted faults found ${planted.filter((found) => !found).length} of 3 (${Math.round(performance.now() - started)} ms)`,
  )
  expect(verdict).toBe(true)
  expect(planted).toEqual([false, false, false])
  expect((await as("ada", () => Document.get({ id }))).version).toBe(won + 1)
  expect(won).toBeGreaterThan(5)
})

test("members see a document in their list as long as they are members, and only the owner says who is", async () => {
  const { id } = await as("ada", () => Document.create({ title: "Shared", members: ["max"] }))
  const seen = async (userId: string) => (await as(userId, () => Document.list({}))).items.some((item) => item.id === id)
  expect([await seen("ada"), await seen("max"), await seen("mia")]).toEqual([true, true, false])
  await expect(as("max", () => Document.change({ id, version: 1, members: ["mia"] }))).rejects.toMatchObject({
    code: "forbidden.owner",
  })
  await as("max", () => Document.change({ id, version: 1, title: "Named by Max" }))
  await as("ada", () => Document.change({ id, version: 2, members: ["mia"] }))
  expect([await seen("ada"), await seen("max"), await seen("mia")]).toEqual([true, false, true])
  await expect(as("max", () => Document.get({ id }))).rejects.toMatchObject({ code: "missing.document" })
})

test("members of a room open its documents until they leave it, and nobody else can tell that there are any", async () => {
  const room = await as("ada", () => Room.create({ name: "Stage", visibility: "private", members: ["max"] }))
  const { id } = await as("ada", () => Document.create({ title: "Plan", room: room.id }))
  const inRoom = async (userId: string) => (await as(userId, () => Document.list({ room: room.id }))).items.map((item) => item.id)
  expect(await inRoom("max")).toEqual([id])
  expect(await as("max", () => Document.get({ id }))).toMatchObject({ title: "Plan", room: room.id })
  expect(await as("max", () => Document.join({ doc: id, connectionId: "m" }))).toMatchObject({ doc: id, seq: 0 })
  await as("ada", () => Room.remove({ room: room.id, userId: "max" }))
  const none = `doc_${"0".repeat(26)}`
  for (const doc of [id, none, "x"])
    for (const userId of ["max", "mia"]) {
      const refused = { code: "missing.document", message: "There is no such document among those you may open." }
      await expect(as(userId, () => Document.get({ id: doc }))).rejects.toMatchObject(refused)
      await expect(as(userId, () => Document.join({ doc, connectionId: "m" }))).rejects.toMatchObject(refused)
      await expect(as(userId, () => Document.update({ doc, update: "AAA=", clientId: "c" }))).rejects.toMatchObject(refused)
      await expect(as(userId, () => Document.versions({ id: doc }))).rejects.toMatchObject(refused)
      await expect(as(userId, () => Document.restore({ id: doc, version: 1 }))).rejects.toMatchObject(refused)
      await expect(as(userId, () => Document.awareness({ doc, state: 1 }))).rejects.toMatchObject(refused)
      await expect(as(userId, () => Document.change({ id: doc, version: 1 }))).rejects.toMatchObject(refused)
    }
  await expect(inRoom("mia")).rejects.toMatchObject({ code: "missing.room" })
  await expect(as("mia", () => Document.create({ title: "Mine", room: room.id }))).rejects.toMatchObject({ code: "missing.room" })
})

test("a list of documents comes in pages, newest first", async () => {
  const made: string[] = []
  for (let n = 0; n < 5; n++) made.unshift((await as("pat", () => Document.create({ title: `${n}` }))).id)
  const first = await as("pat", () => Document.list({ limit: 3 }))
  const rest = await as("pat", () => Document.list({ limit: 3, cursor: first.next }))
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(made)
  expect(rest.next).toBeUndefined()
})
