import { execFile, spawnSync } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Product, start } from "./product.ts"

const run = promisify(execFile)
/** Outside the repository's dependencies, so it is no failure where it is missing. */
const cli = spawnSync("aws", ["--version"], { encoding: "utf8" })
const version = cli.error || cli.status !== 0 ? undefined : cli.stdout.trim().split(" ")[0]
const why = version ?? "skipped: there is no aws on the PATH"

let product: Product
let folder: string
let blocks: { kind: string; script: string }[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aws-cli-"))
  const document = await readFile("docs/local-cloud.md", "utf8")
  blocks = [...document.matchAll(/^```sh ?(\w*)\n(.*?)^```$/gms)].map(([, kind, script]) => ({ kind: kind!, script: script! }))
  product = await start("--quiet-data")
}, 180_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  expect(await product?.stop()).toBe(0)
})

const scriptsOf = (kind: string) => blocks.filter((block) => block.kind === kind).map(({ script }) => script)

/** Runs commands of the document; `run` gives this product's addresses instead of those in .backline/run.json. */
async function shell(script: string): Promise<string> {
  const env = { ...process.env, AWS: product.aws, AWS_MAX_ATTEMPTS: "1", AWS_EC2_METADATA_DISABLED: "true" }
  const text = `set -euo pipefail\nrun() { echo ${product.issuer}; }\n${script}`
  return run("bash", ["-c", text], { cwd: folder, env, timeout: 90_000, maxBuffer: 1e8 }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) =>
      Promise.reject(new Error(`${script}\n${error.stdout.slice(-500)}\n${error.stderr}`)),
  )
}

it("the curl commands of docs/local-cloud.md work", async () => {
  const said = await shell(scriptsOf("curl").join("\n"))
  expect(said).toMatch(/"AWS::Lambda::Function"/)
  expect(
    scriptsOf("curl")
      .join("\n")
      .match(/^curl /gm)!.length,
  ).toBeGreaterThan(10)
})

it.runIf(version)(`the AWS CLI's commands of docs/local-cloud.md work (${why})`, async () => {
  const started = performance.now()
  const setup = scriptsOf("setup").join("\n")
  const scripts = scriptsOf("aws")
  const said = (await Promise.all(scripts.map((script) => shell(setup + script)))).join("\n")
  const commands = scripts.join("\n").match(/\baws \w/g)!.length
  console.log(`${commands} commands of ${version} in ${Math.round(performance.now() - started)} ms`)
  for (const expected of [
    /"Arn": "arn:aws:iam::000000000000:user\/administrator"/,
    /REPORT RequestId/,
    /"MessageId"/,
    /"Body": "hello"/,
    /"ConsumedCapacity": \{/,
    /"ShardId": "shardId-000000000000"/,
    /"longValue": 1/,
    /"ada@backline.test"/,
    /"FailedEntryCount": 0/,
  ])
    expect(said).toMatch(expected)
})

it.runIf(version)(`what has no engine is refused by name, and the CLI says so (${why})`, async () => {
  const refused = await shell(`${scriptsOf("setup").join("\n")}aws dynamodb list-backups`).catch((error: Error) => error.message)
  expect(refused).toContain("NOT_SIMULATED: dynamodb.ListBackups")
})
