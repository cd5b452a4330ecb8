import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import type { AwsRequest, Service } from "../service.ts"
import { ignoredTables, operationsOf, operationTables, partOf, refusedOf, refusedTable, withPart } from "./document.ts"
import { everyEngine } from "./engines.ts"
import { mergedFrom } from "./merge.ts"
import { PHRASES } from "./phrases.ts"

const root = join(import.meta.dirname, "../../../..")
const document = readFileSync(join(root, "docs/local-cloud.md"), "utf8")
const services = everyEngine(root)
const folder = mkdtempSync(join(tmpdir(), "covered-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const AGAIN = "docs/local-cloud.md is behind the code: run npm test, then node scripts/coverage.mjs"

/** `service operation` of every row, with its cells. */
const rows = partOf(document, "operations")
  .split("### ")
  .flatMap((section) => {
    const [service, ...lines] = section.trim().split("\n")
    return lines.flatMap((line) => {
      const [, operation, phrase, allow, deny] = line.split("|").map((cell) => cell.trim())
      return operation?.startsWith("`") ? [{ key: `${service} ${operation.slice(1, -1)}`, phrase, allow, deny }] : []
    })
  })

test("the document lists every operation that an engine answers, and no other", () => {
  const answered = [...operationsOf(services)].flatMap(([service, names]) => names.map((name) => `${service} ${name}`))
  expect(rows.map(({ key }) => key).toSorted(), AGAIN).toEqual(answered.toSorted())
  const described = Object.entries(PHRASES).flatMap(([service, names]) => Object.keys(names).map((name) => `${service} ${name}`))
  expect(described.toSorted(), "packages/cloud/src/covered/phrases.ts says what is simulated of each").toEqual(
    answered.toSorted(),
  )
})

test("its phrases, and what it says is refused and ignored, are those of the code", () => {
  for (const { key, phrase } of rows) {
    const [service = "", operation = ""] = key.split(" ")
    expect(phrase, AGAIN).toBe(PHRASES[service]![operation])
  }
  expect(partOf(document, "refused"), AGAIN).toBe(refusedTable(services))
  expect(partOf(document, "ignored"), AGAIN).toBe(ignoredTables(services))
})

test("every operation that asks for a permission was seen allowed and denied", () => {
  const unseen = rows.filter(({ allow, deny }) => allow === "no" || deny === "no").map(({ key }) => key)
  expect(unseen).toEqual([])
})

/** How a call of each protocol says which operation it is. */
const TARGETS: Readonly<Record<string, string>> = {
  dynamodb: "DynamoDB_20120810.",
  events: "AWSEvents.",
  kinesis: "Kinesis_20131202.",
  logs: "Logs_20140328.",
  "redshift-data": "RedshiftData.",
  sqs: "AmazonSQS.",
}
const FORMS = new Set(["cloudformation", "sns", "sts"])

function requestOf(service: string, operation: string): AwsRequest {
  const isForm = FORMS.has(service)
  return {
    service,
    method: "POST",
    url: new URL("http://127.0.0.1/"),
    headers: isForm ? { "content-type": "application/x-www-form-urlencoded" } : { "x-amz-target": TARGETS[service] + operation },
    body: Buffer.from(isForm ? `Action=${operation}` : "{}"),
    json: isForm ? undefined : {},
    caller: { kind: "admin", accessKeyId: "x" },
    requestId: "1",
    signal: new AbortController().signal,
  }
}

const PLACE = { account: "1", region: "us-east-1", stage: "local" }

test("what it says is refused by name is", () => {
  const named = (name: string): Service => services.find(({ names }) => names.includes(name))!
  const passed = [...refusedOf(services)].flatMap(([service, operations]) =>
    service in TARGETS || FORMS.has(service)
      ? operations.filter((operation) => {
          try {
            named(service).authorize(requestOf(service, operation), PLACE as never)
            return true
          } catch (error) {
            return !String(error).includes("NOT_SIMULATED")
          }
        })
      : [],
  )
  expect(passed).toEqual([])
})

test("a row says what was seen, and an operation that no engine declares is told", () => {
  const seen = { allowed: 2, denied: 0, administrator: 1, open: 0, answered: 2, errors: { "ValidationException 400": 1 } }
  const tables = operationTables(services, { "sqs SendMessage": seen })
  expect(tables).toContain(`| \`SendMessage\` | ${PHRASES.sqs!.SendMessage} | yes | no | \`ValidationException 400\` |`)
  expect(() => operationTables(services, { "sqs Fly": seen })).toThrow("sqs Fly")
})

test("runs are added up, and a run of a part of the tests is refused", () => {
  const seen = { allowed: 1, denied: 0, administrator: 0, open: 0, answered: 1, errors: { "X 400": 2 } }
  mkdirSync(folder, { recursive: true })
  for (const name of ["a", "b"]) writeFileSync(join(folder, `${name}.json`), JSON.stringify({ "sqs SendMessage": seen }))
  expect(() => mergedFrom(folder)).toThrow("run npm test without arguments")
  writeFileSync(join(folder, "complete"), "")
  expect(mergedFrom(folder)).toEqual({
    processes: 2,
    coverage: { "sqs SendMessage": { ...seen, allowed: 2, answered: 2, errors: { "X 400": 4 } } },
  })
})

test("one part of the document is replaced, and the rest stays", () => {
  const changed = withPart(document, "refused", "everything")
  expect(partOf(changed, "refused")).toBe("everything")
  expect(withPart(changed, "refused", partOf(document, "refused"))).toBe(document)
  expect(() => withPart("nothing", "refused", "")).toThrow("no place for refused")
})
