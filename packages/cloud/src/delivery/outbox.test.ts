import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Outbox } from "./outbox.ts"

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "backline-outbox-"))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const settled = () => new Promise((resolve) => setImmediate(resolve))

test("work that was accepted and not done is done by the next run, done work is not", async () => {
  const file = join(folder, "works.jsonl")
  const open = (run: (work: string) => Promise<void>) => {
    const outbox = new Outbox<string>({ now: () => 5, run: ({ work }) => run(work), lost: () => {} })
    outbox.open(file)
    outbox.resume()
    return outbox
  }
  const first = open((work) => (work === "stuck" ? new Promise(() => {}) : Promise.resolve()))
  first.add("done")
  first.add("stuck")
  await settled()
  expect(first.waiting).toBe(1)
  first.stop()

  const seen: string[] = []
  const second = open(async (work) => void seen.push(work))
  await settled()
  expect(seen).toEqual(["stuck"])
  expect(second.waiting).toBe(0)
  second.stop()
})

test("works of a lane keep their order, lanes do not wait for each other", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ lane: fc.constantFrom("a", "b"), ms: fc.nat(3) }), { maxLength: 12 }),
      async (works) => {
        const done: number[] = []
        const outbox = new Outbox<{ lane: string; ms: number; n: number }>({
          now: () => 0,
          async run({ work }) {
            for (let turn = 0; turn < work.ms; turn++) await settled()
            done.push(work.n)
            if (work.ms === 2) throw new Error("one fails")
          },
          laneOf: ({ lane }) => lane,
          lost: () => {},
        })
        works.forEach((work, n) => outbox.add({ ...work, n }))
        while (outbox.waiting > 0) await settled()
        for (const lane of ["a", "b"]) {
          const of = (n: number) => works[n]!.lane === lane
          expect(done.filter(of)).toEqual(works.map((_, n) => n).filter(of))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test("the file stays small however much was done", async () => {
  const outbox = new Outbox<string>({ now: () => 0, run: async () => {}, lost: () => {} })
  const file = join(folder, "works.jsonl")
  outbox.open(file)
  for (let index = 0; index < 5_000; index++) {
    outbox.add(`work ${index}`)
    if (index % 100 === 0) await settled()
  }
  await settled()
  outbox.stop()
  const { statSync } = await import("node:fs")
  expect(statSync(file).size).toBeLessThan(500_000)
})
