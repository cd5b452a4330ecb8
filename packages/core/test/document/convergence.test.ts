import fc from "fast-check"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import * as Y from "yjs"
import * as Document from "../../src/document/index.ts"
import { as, asSystem, base64, bytesOf, newClientId, read, startDocuments } from "./world.ts"

let world: Awaited<ReturnType<typeof startDocuments>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startDocuments()
})
afterAll(() => world.stop())

type Step =
  | { kind: "edit"; who: number; at: number; erase: number; ackLost: boolean }
  | { kind: "retry"; who: number }
  | { kind: "hear"; who: number; order: number; drop: number; twice: boolean }
  | { kind: "cut" | "join"; who: number }
  | { kind: "compact" }

/** BACKLINE_FULL=1 plays longer. */
const RUNS = process.env.BACKLINE_FULL === "1" ? 100 : 6
const REPLICAS = 3
const who = fc.nat(REPLICAS - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("edit" as const), who, at: fc.nat(50), erase: fc.nat(3), ackLost: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("retry" as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("hear" as const), who, order: fc.nat(6), drop: fc.nat(4), twice: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("cut" as const, "join" as const), who }) },
  { weight: 1, arbitrary: fc.constant({ kind: "compact" as const }) },
)

/** A person with a copy, a socket that may be cut, and updates that no ack came for. */
class Replica {
  readonly copy = new Y.Doc()
  readonly unacked = new Map<string, Uint8Array>()
  isCut = false
  constructor(
    readonly doc: string,
    readonly connectionId: string,
  ) {}

  async send(clientId: string, ackLost: boolean, acked: Map<string, number>): Promise<void> {
    const update = base64(this.unacked.get(clientId)!)
    const answer = await as("ada", () => Document.update({ doc: this.doc, update, clientId, connectionId: this.connectionId }))
    if (ackLost || !("seq" in answer)) return
    this.unacked.delete(clientId)
    acked.set(clientId, answer.seq)
  }

  edit({ at, erase }: { at: number; erase: number }): string {
    const clientId = newClientId()
    const before = Y.encodeStateVector(this.copy)
    this.copy.transact(() => {
      const text = this.copy.getText("t")
      const place = Math.min(at, text.length)
      text.delete(place, Math.min(erase, text.length - place))
      text.insert(place, `[${clientId}]`)
      this.copy.getMap("all").set(clientId, true)
    })
    this.unacked.set(clientId, Y.encodeStateAsUpdate(this.copy, before))
    return clientId
  }

  rejoin = () => as("ada", () => read(this.doc, this.connectionId, this.copy, Y.encodeStateVector(this.copy)))
}

const looks = (copy: Y.Doc) => ({ text: copy.getText("t").toString(), all: Object.keys(copy.getMap("all").toJSON()).sort() })

const totals = { edits: 0, acked: 0, retries: 0, dropped: 0, doubled: 0, compactions: 0, lost: 0 }

async function play(steps: readonly Step[]): Promise<void> {
  const { id } = await as("ada", () => Document.create({ title: "A board" }))
  const replicas = Array.from({ length: REPLICAS }, (_, n) => new Replica(id, `${id}-${n}`))
  const acked = new Map<string, number>()
  for (const replica of replicas) await replica.rejoin()
  for (const each of steps) {
    if (each.kind === "compact") {
      totals.compactions++
      await asSystem(() => Document.compact({ id: id as never }))
      continue
    }
    const replica = replicas[each.who]!
    if (each.kind === "edit") {
      totals.edits++
      const clientId = replica.edit(each)
      if (!replica.isCut) await replica.send(clientId, each.ackLost, acked)
    } else if (each.kind === "retry") {
      const [clientId] = replica.unacked.keys()
      if (clientId && !replica.isCut) {
        totals.retries++
        await replica.send(clientId, false, acked)
      }
    } else if (each.kind === "hear") {
      const mine = world.posted.filter(({ connectionId }) => connectionId === replica.connectionId).map(({ frame }) => frame)
      const frames = mine.slice(-6)
      for (let n = 0; n < frames.length; n++) {
        const frame = frames[(n * 5 + each.order) % frames.length]
        if (replica.isCut || n === each.drop) totals.dropped++
        else for (let times = each.twice ? 2 : 1; times > 0; times--) Y.applyUpdate(replica.copy, bytesOf(frame.update))
        if (each.twice) totals.doubled++
      }
    } else {
      replica.isCut = each.kind === "cut"
      if (!replica.isCut) await replica.rejoin()
    }
  }
  for (const replica of replicas) for (const clientId of replica.unacked.keys()) await replica.send(clientId, false, acked)
  for (const replica of replicas) await replica.rejoin()
  const { replica: fresh } = await as("ada", () => read(id, `${id}-fresh`))
  for (const { copy } of replicas) expect(looks(copy)).toEqual(looks(fresh))
  const there = new Set(looks(fresh).all)
  totals.acked += acked.size
  totals.lost += [...acked.keys()].filter((clientId) => !there.has(clientId)).length
  expect([...acked.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: acked.size }, (_, n) => n + 1))
}

test("replicas and a fresh load are equal after any drops, repeats, reordering, cuts and compactions, and positions have no gaps", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 40 }), play), { numRuns: RUNS, endOnFailure: true })
  vi.mocked(console.log).mockRestore()
  console.log("replicas of a document:", JSON.stringify(totals))
  expect(totals.lost).toBe(0)
  expect(Math.min(totals.edits, totals.retries, totals.dropped, totals.doubled, totals.compactions)).toBeGreaterThan(3)
})

test("ten writers at once get the positions 1 to 30, each once, and the document has every edit", async () => {
  const { id } = await as("ada", () => Document.create({ title: "Crowded" }))
  const seqs: number[] = []
  await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const replica = new Replica(id, `crowd-${n}`)
      for (let i = 0; i < 3; i++) {
        const acked = new Map<string, number>()
        const clientId = replica.edit({ at: 0, erase: 0 })
        while (!acked.has(clientId))
          await replica.send(clientId, false, acked).catch((error) => expect(error.code).toBe("unavailable.document"))
        seqs.push(acked.get(clientId)!)
      }
    }),
  )
  expect(seqs.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
  const { replica } = await as("ada", () => read(id, "crowd-reader"))
  expect(looks(replica).all.length).toBe(30)
})
