import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { attributesOf, Comparison, steps } from "./comparison.ts"
import { Queues } from "./queues.ts"
import { queueCloud } from "./testing.ts"

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "backline-sqs-"))))
afterEach(() => rmSync(folder, { recursive: true }))

const journalOf = (data: string) => join(data, "sqs", "journal.jsonl")
const START = Date.UTC(2030, 0, 1)

describe.each(["standard", "fifo"] as const)("a %s queue and its dead letter queue", (kind) => {
  test("do what the documented rules say, for any calls and clock moves", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const comparison = new Comparison(kind, await queueCloud(attributesOf(kind), { now: START }))
        for (const step of given) await comparison.take(step)
        await comparison.drain()
      }),
      { numRuns: 250 },
    )
  })

  test("go on as if nothing had happened when the process ends after any step", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fc.nat(60), { maxLength: 4 }), async (given, ends) => {
        const data = mkdtempSync(join(folder, "run-"))
        const first = await queueCloud(attributesOf(kind), { data, now: START })
        const comparison = new Comparison(kind, first)
        for (const [index, step] of given.entries()) {
          if (ends.includes(index)) {
            // Killed, not closed: only what is in the file is there. The machine's clock goes on.
            const { cloud } = comparison.fast
            Object.assign(comparison, { fast: await queueCloud({}, { data, now: cloud.now() }) })
          }
          await comparison.take(step)
        }
        await comparison.drain()
      }),
      { numRuns: 60 },
    )
  })

  test("are the same again after every prefix of the journal, and a line that was cut short is nothing", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (given, cut) => {
        const data = mkdtempSync(join(folder, "run-"))
        const world = await queueCloud(attributesOf(kind), { data, now: START })
        const comparison = new Comparison(kind, world)
        const states: { size: number; now: number; changes: unknown }[] = []
        const note = () => {
          const now = world.cloud.now()
          states.push({ size: statSync(journalOf(data)).size, now, changes: structuredClone(world.queues.changes(now)) })
        }
        note()
        for (const step of given) {
          await comparison.take(step)
          note()
        }
        const bytes = readFileSync(journalOf(data))
        for (const { size, now, changes } of states) {
          const copy = mkdtempSync(join(folder, "copy-"))
          mkdirSync(dirname(journalOf(copy)))
          // A step may write several lines; what is cut must be less than one.
          const next = bytes.indexOf(10, size)
          const torn = next < 0 ? 0 : cut % (next - size + 1)
          writeFileSync(journalOf(copy), bytes.subarray(0, size + torn))
          const again = new Queues()
          again.open(copy, now)
          expect(JSON.stringify(again.changes(now))).toBe(JSON.stringify(changes))
          again.close()
        }
      }),
      { numRuns: 25 },
    )
  })
})
