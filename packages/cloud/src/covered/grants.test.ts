import { spawnSync } from "node:child_process"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { CallLog } from "../calls.ts"
import type { Resource } from "../service.ts"
import type { Statement } from "../iam/policy.ts"
import { recordGrants } from "./grants.ts"

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "grants-"))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const Statement: Statement[] = [
  { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject", "s3:List*"], Resource: "*" },
  { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" },
  { Sid: "Never", Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" },
]
const role: Resource = {
  logicalId: "WorkerRole",
  stack: "s",
  type: "AWS::IAM::Role",
  properties: { Policies: [{ PolicyName: "own", PolicyDocument: { Version: "2012-10-17", Statement } }] },
  identity: { ref: "worker", arn: "arn:aws:iam::1:role/worker", attributes: {} },
}

function run(...allowed: [action: string, statement: string, decision?: "allow" | "deny"][]): void {
  const calls = new CallLog()
  const end = recordGrants(folder, [role], calls)
  for (const [action, statement, decision = "allow"] of allowed)
    calls.add({
      at: 0,
      caller: "worker",
      service: "s3",
      operation: "x",
      access: [{ action, resource: "*", decision, statement }],
      decision,
      status: 200,
      attempt: 1,
      ms: 0,
      units: {},
      requestId: "",
    })
  end()
}

const report = () => {
  const script = fileURLToPath(new URL("../../../../test/grants.mjs", import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" })
  return {
    status,
    summary: stdout.trim(),
    unused: stderr
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" of ")[0]!.trim()),
  }
}

test("a run notes which actions of which statements allowed something, and what was only denied is no use", async () => {
  run(["s3:GetObject", "own#Read"], ["s3:GetObject", "own#Read"], ["s3:DeleteObject", "own#Never", "deny"])
  const [file] = await readdir(folder)
  expect(JSON.parse(await readFile(join(folder, file!), "utf8"))).toEqual({
    grants: [
      { of: "WorkerRole", statement: "own#Read", actions: ["s3:GetObject", "s3:List*"] },
      { of: "WorkerRole", statement: "own#1", actions: ["sqs:SendMessage"] },
    ],
    used: { "own#Read s3:GetObject": 2 },
  })
})

test("what no run used is listed by action, role and statement, and fails; a second run may use the rest", () => {
  run(["s3:GetObject", "own#Read"])
  expect(report()).toMatchObject({
    status: 1,
    summary: "Grants: 3 in the templates, 1 used in 1 runs, 0 reviewed, 2 unused",
    unused: ["unused: s3:List* by own#Read", "unused: sqs:SendMessage by own#1"],
  })
  run(["s3:ListBucket", "own#Read"], ["sqs:SendMessage", "own#1"])
  expect(report()).toMatchObject({ status: 0, unused: [] })
})
