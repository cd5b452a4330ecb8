import fc from "fast-check"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { createSocket } from "../socket/index.ts"
import { type Chaos, seeded } from "../testing/chaos.ts"
import { createFakeDocument, type FakeDocument } from "../testing/fake-document.ts"
import { type DocumentHandle, openDocument } from "./index.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const CALM: Chaos = { random: seeded(1), drop: 0, double: 0, delayMs: 0, limit: 0, cut: 0, repeatsCount: false }
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

function writer(service: FakeDocument, user: string, random = seeded(7), store?: Storage) {
  const socket = createSocket({
    getTicket: async () => ({ ticket: "t", url: "ws://here", expiresAt: 0 }),
    connect: () => service.connect(user),
    random,
  })
  const client = { documents: { get: async () => ({ seq: service.seq }) } as never }
  const handle: DocumentHandle = openDocument({ id: "doc_1", socket, client, random, store })
  const text = handle.doc.getText("text")
  socket.start()
  return {
    handle,
    socket,
    text,
    read: () => text.toJSON(),
    end() {
      handle.close()
      handle.awareness.destroy()
      socket.close()
    },
  }
}

const memory = () => {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage & { kept: Map<string, string> }
}

test("what one writes the other reads, and both know that it is saved", async () => {
  const service = createFakeDocument(CALM)
  const [ann, bob] = [writer(service, "ann"), writer(service, "bob")]
  await pass(2_000)
  for (const char of "hello") ann.text.insert(ann.text.length, char)
  expect(ann.handle.get().isSaved).toBe(false)
  await pass(200)
  expect(bob.read()).toBe("hello")
  expect(service.seq).toBe(1)
  expect(ann.handle.get()).toMatchObject({ status: "live", isLoaded: true, isSaved: true })
})

test("edits made without a connection are merged on return, on both sides", async () => {
  const service = createFakeDocument(CALM)
  const [ann, bob] = [writer(service, "ann"), writer(service, "bob")]
  await pass(2_000)
  ann.text.insert(0, "middle")
  await pass(200)
  service.cutAll()
  await pass(1)
  ann.text.insert(0, "start ")
  bob.text.insert(bob.text.length, " end")
  expect(ann.handle.get()).toMatchObject({ status: "behind", isSaved: false })
  await pass(5_000)
  expect([ann.read(), bob.read()]).toEqual(["start middle end", "start middle end"])
  expect(service.load().getText("text").toJSON()).toBe("start middle end")
})

test("edits that were not saved survive a reload", async () => {
  const service = createFakeDocument(CALM)
  const store = memory()
  const before = writer(service, "ann", seeded(1), store)
  await pass(2_000)
  before.text.insert(0, "base")
  await pass(500)
  before.socket.close()
  before.text.insert(4, " kept")
  await pass(100)
  before.handle.close()
  const after = writer(service, "ann", seeded(2), store)
  await pass(3_000)
  expect(after.read()).toBe("base kept")
  expect(service.load().getText("text").toJSON()).toBe("base kept")
  expect(store.kept.size).toBe(0)
})

test("an edit of a megabyte travels in frames below 32 KB and goes on where a break stopped it", async () => {
  const service = createFakeDocument(CALM)
  const ann = writer(service, "ann")
  let longest = 0
  let frames = 0
  const request = ann.socket.request.bind(ann.socket) as (...args: unknown[]) => Promise<unknown>
  ann.socket.request = ((action: string, body: object, sending: object) => {
    longest = Math.max(longest, JSON.stringify(body).length + 60)
    if (action === "doc.update" && ++frames === 30) queueMicrotask(service.cutAll)
    return request(action, body, sending)
  }) as never
  await pass(2_000)
  ann.text.insert(0, "x".repeat(1_000_000))
  await pass(20_000)
  expect(ann.handle.get().isSaved).toBe(true)
  expect(service.load().getText("text").length).toBe(1_000_000)
  expect(longest).toBeLessThan(32 * 1024)
  console.log(`1 MB in ${frames} frames of at most ${longest} bytes, one break`)
  // 62 parts; those before the break are not sent again.
  expect(frames).toBeLessThan(70)
  ann.end()
})

test("a large document is read page by page, and after a break from the page that was missing", async () => {
  const service = createFakeDocument(CALM)
  const ann = writer(service, "ann")
  await pass(2_000)
  ann.text.insert(0, "y".repeat(12_000))
  await pass(2_000)
  ann.end()
  const before = service.joins
  const bob = writer(service, "bob")
  const request = bob.socket.request.bind(bob.socket) as (...args: unknown[]) => Promise<unknown>
  bob.socket.request = ((action: string, body: object, sending: object) => {
    if (service.joins - before === 10) queueMicrotask(service.cutAll)
    return request(action, body, sending)
  }) as never
  await pass(5_000)
  expect(bob.read()).toHaveLength(12_000)
  expect(service.joins - before).toBeLessThanOrEqual(12_000 / 600 + 4)
  bob.end()
})

test("a lost last update is noticed without another one", async () => {
  const service = createFakeDocument(CALM)
  const [ann, bob] = [writer(service, "ann"), writer(service, "bob")]
  await pass(2_000)
  service.isSilent = true
  ann.text.insert(0, "quiet")
  await pass(10_000)
  expect(bob.read()).toBe("")
  await pass(90_000)
  expect(bob.read()).toBe("quiet")
})

test("where others are is told, told again to those who come later, and taken back on leaving", async () => {
  const service = createFakeDocument(CALM)
  const ann = writer(service, "ann")
  await pass(2_000)
  ann.handle.awareness.setLocalStateField("user", { name: "Ann" })
  await pass(1_000)
  const bob = writer(service, "bob", seeded(3))
  bob.handle.awareness.setLocalStateField("user", { name: "Bob" })
  await pass(3_000)
  const names = (who: typeof ann) =>
    [...who.handle.awareness.getStates().values()].map((state) => (state.user as { name: string }).name).sort()
  expect([names(ann), names(bob)]).toEqual([
    ["Ann", "Bob"],
    ["Ann", "Bob"],
  ])
  bob.end()
  await pass(500)
  expect(names(ann)).toEqual(["Ann"])
  ann.end()
  await pass(1_000)
  expect(vi.getTimerCount()).toBe(0)
})

const Steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("type" as const),
        who: fc.nat({ max: 2 }),
        at: fc.nat(),
        text: fc.string({ minLength: 1, maxLength: 30 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("delete" as const),
        who: fc.nat({ max: 2 }),
        at: fc.nat(),
        length: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 1_000 }) }) },
  ),
  { minLength: 5, maxLength: 40 },
)

test("whatever is dropped, doubled, late, limited or cut: all replicas and a fresh load end equal, with every edit", async () => {
  let edits = 0
  let runs = 0
  await fc.assert(
    fc.asyncProperty(Steps, fc.nat(), async (steps, seed) => {
      vi.clearAllTimers()
      const chaos: Chaos = { ...CALM, random: seeded(seed), drop: 0.1, double: 0.2, delayMs: 400, limit: 0.05, cut: 0.03 }
      const service = createFakeDocument(chaos)
      const people = ["ann", "bob", "cat"].map((user, i) => writer(service, user, seeded(seed + i)))
      const marks: string[] = []
      for (const step of steps) {
        if (step.kind === "cut") service.cutAll()
        else if (step.kind === "wait") await pass(step.ms)
        else {
          const { text, handle } = people[step.who]!
          const at = step.at % (text.length + 1)
          if (step.kind === "delete") text.delete(at, Math.min(step.length, text.length - at))
          else {
            text.insert(at, step.text)
            // Besides a text that others may delete: a mark that nobody does.
            const mark = String(marks.length)
            marks.push(mark)
            handle.doc.getMap("marks").set(mark, step.who)
          }
        }
      }
      await pass(2_000)
      Object.assign(chaos, { drop: 0, double: 0, delayMs: 20, limit: 0, cut: 0 })
      await pass(200_000)
      const fresh = service.load()
      expect(Object.keys(fresh.getMap("marks").toJSON()).sort()).toEqual(marks.sort())
      for (const { handle, read, end } of people) {
        expect(read()).toBe(fresh.getText("text").toJSON())
        expect(handle.doc.getMap("marks").toJSON()).toEqual(fresh.getMap("marks").toJSON())
        expect(handle.get()).toMatchObject({ status: "live", isSaved: true })
        end()
      }
      edits += marks.length
      runs++
    }),
    { numRuns: 60, endOnFailure: true },
  )
  console.log(`${runs} runs, ${edits} edits, 3 replicas and a fresh load each: equal, lost 0`)
})
