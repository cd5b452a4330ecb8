import { spawn } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Sheet } from "../sheet.ts"

/**
 * Tests whose figures are counts: `npm test` runs them small, here they run at full size. The others need no larger one. Those that begin their own product run
 * one after the other.
 */
const TESTS = {
  integration: [
    "packages/core/test/room",
    "packages/core/test/roster.test.ts",
    "packages/core/test/document/convergence.test.ts",
    "packages/core/test/document/large.test.ts",
    "packages/core/test/document/metadata.test.ts",
  ],
  e2e: ["test/e2e/lasting.test.ts", "test/e2e/frames.test.ts", "test/e2e/sessions.test.ts"],
}
const WORKERS: Record<keyof typeof TESTS, number> = { integration: 2, e2e: 1 }
const SIZES = { BACKLINE_FULL: "1", ROOM_SENDS: "80", INTERLEAVINGS: "1000" }

interface Result {
  numTotalTests: number
  numPassedTests: number
  testResults: { message: string; assertionResults: { status: string; fullName: string }[] }[]
}

async function run(project: keyof typeof TESTS, output: string): Promise<Result> {
  const options = [`--project=${project}`, `--maxWorkers=${WORKERS[project]}`, "--reporter=json", "--testTimeout=600000"]
  const child = spawn(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", ...options, `--outputFile=${output}`, ...TESTS[project]],
    { env: { ...process.env, ...SIZES }, stdio: ["ignore", "ignore", "inherit"] },
  )
  await new Promise((resolve) => child.once("exit", resolve))
  return JSON.parse(await readFile(output, "utf8")) as Result
}

/** 5,120 publishes of 64 workers, 1,000 interleavings of coming and going, documents of 20 MB, 10,000 changes of titles, hostile frames, one ticket for a hundred. */
export async function fullSize({ full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  if (!full) return sheet
  const folder = await mkdtemp(join(tmpdir(), "backline-full-size-"))
  try {
    const count = { passed: 0, total: 0 }
    for (const project of ["integration", "e2e"] as const) {
      console.error(`  ${project} …`)
      const { numTotalTests, numPassedTests, testResults } = await run(project, join(folder, `${project}.json`))
      for (const { status, fullName } of testResults.flatMap(({ assertionResults }) => assertionResults))
        if (status !== "passed") console.error(`  ${status}: ${fullName}`)
      for (const { message } of testResults) if (message) console.error(`  ${message.split("\n")[0]}`)
      count.passed += numPassedTests
      count.total += numTotalTests
    }
    sheet.add({
      fullSizeTests: [
        count.passed,
        `of ${count.total} tests of rooms, rosters, documents, sockets and frames pass at full size`,
        { min: count.total },
      ],
    })
    return sheet
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
