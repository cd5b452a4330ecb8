import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { appCopy } from "../test/e2e/support/app-copy.ts"
import { processTree } from "./process-tree.ts"
import { median, type Report } from "./table.ts"

const EDITS = 20
const NOUN_EDITS = 8
const HANDLER = "packages/functions/src/http/health.ts"
const NOUN = "packages/core/src/health/index.ts"

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)]!

/** Saves `edited(n)` of a file again and again, and asks at once; throws where an answer is not of the newest text. Leaves the file as it was. */
async function edits(file: string, times: number, edited: (text: string, mark: string) => string, ask: () => Promise<string>) {
  const before = await readFile(file, "utf8")
  const took: number[] = []
  try {
    for (let n = 0; n < times; n++) {
      const mark = `edit-${n}-${Date.now()}`
      const text = edited(before, mark)
      if (text === before) throw new Error(`${file} is not as this bench expects it.`)
      const started = performance.now()
      await writeFile(file, text)
      const answer = await ask()
      took.push(performance.now() - started)
      if (!answer.includes(mark))
        throw new Error(`Edit ${n} of ${file} was not answered by the next request: ${answer.slice(0, 200)}`)
    }
  } finally {
    await writeFile(file, before)
  }
  return took
}

/** From a save to the answer of the next request, which runs the new text; in a copy of this app. The first edit starts the bundler and counts too. */
export async function reload(): Promise<Report> {
  const app = await appCopy()
  const local = await app.start()
  const ask = async () => (await fetch(`${local.addresses.http}/health`)).text()
  try {
    await ask()
    const memory = processTree(process.pid).rssMb
    const handler = await edits(
      join(app.root, HANDLER),
      EDITS,
      (text, mark) => text.replace("run: Health.check", `run: async () => ({ status: "${mark}" })`),
      ask,
    )
    const noun = await edits(
      join(app.root, NOUN),
      NOUN_EDITS,
      (text, mark) => text.replace(`version: config("RELEASE")`, `version: "${mark}"`),
      ask,
    )
    return {
      bench: "reload",
      figures: {
        medianMs: median(handler),
        p95Ms: percentile(handler, 0.95),
        firstMs: handler[0]!,
        nounMedianMs: median(noun),
        bundlerMb: processTree(process.pid).rssMb - memory,
      },
      goals: { medianMs: { max: 1_000 } },
      notes: {
        medianMs: `from saving a handler to the next request's answer, over ${EDITS} edits`,
        p95Ms: "the same, 95 of 100",
        firstMs: "the first edit, with the bundler's start",
        nounMedianMs: `from saving a noun of core, over ${NOUN_EDITS} edits`,
        bundlerMb: "memory that editing adds; it goes five minutes after the last edit",
      },
    }
  } finally {
    await local.stop()
    await app.remove()
  }
}
