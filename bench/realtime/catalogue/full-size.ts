import { spawn } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Sheet } from "../sheet.ts"

/** Tests whose figures are counts: `npm test` runs them small, here they run at full size. */
const FILES = [
  "packages/core/test/room",
  "packages/core/test/roster.test.ts",
  "packages/core/test/document/convergence.test.ts",
  "packages/core/test/document/large.test.ts",
  "packages/core/test/document/metadata.test.ts",
]
const SIZES = { BACKLINE_FULL: "1", ROOM_SENDS: "80", INTERLEAVINGS: "1000" }

interface Result {
  numTotalTests: number
  numPassedTests: number
  testResults: { assertionResults: { status: string; fullName: string }[] }[]
}

/** 5,120 publishes of 64 workers, 1,000 interleavings of coming and going, documents of 20 MB, 10,000 changes of titles. */
export async function fullSize({ full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  if (!full) return sheet
  const folder = await mkdtemp(join(tmpdir(), "backline-full-size-"))
  try {
    const output = join(folder, "results.json")
    const args = [
      "run",
      "--project",
      "integration",
      "--reporter=json",
      `--outputFile=${output}`,
      "--testTimeout=1800000",
      ...FILES,
    ]
    const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", ...args], {
      env: { ...process.env, ...SIZES },
      stdio: ["ignore", "ignore", "inherit"],
    })
    await new Promise((resolve) => child.once("exit", resolve))
    const { numTotalTests, numPassedTests, testResults } = JSON.parse(await readFile(output, "utf8")) as Result
    for (const { status, fullName } of testResults.flatMap(({ assertionResults }) => assertionResults))
      if (status !== "passed") console.error(`  ${status}: ${fullName}`)
    sheet.add({
      fullSizeTests: [
        numPassedTests,
        `of ${numTotalTests} tests of rooms, rosters and documents pass at full size`,
        { min: numTotalTests },
      ],
    })
    return sheet
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
