import { expect, test } from "vitest"
import { isRoutine, mentions, reasonOf } from "./call-filter.ts"
import { namesOf } from "./names.ts"
import type { Call } from "./wire.ts"

const names = namesOf([])
const call = (changes: Partial<Call>): Call => ({
  n: 1,
  at: 0,
  caller: "Loader",
  service: "sqs",
  operation: "ReceiveMessage",
  access: [{ action: "sqs:ReceiveMessage", resource: "arn:aws:sqs:r:0:Loads", decision: "allow", statement: "Policy#Allow1" }],
  decision: "allow",
  status: 200,
  ms: 1,
  units: {},
  requestId: "r-1",
  ...changes,
})

test("looking for work is routine, unless it is refused or fails", () => {
  expect(isRoutine(call({}))).toBe(true)
  expect(isRoutine(call({ decision: "implicitDeny" }))).toBe(false)
  expect(isRoutine(call({ status: 500 }))).toBe(false)
  expect(isRoutine(call({ status: 0 }))).toBe(false)
  expect(isRoutine(call({ operation: "SendMessage" }))).toBe(false)
})

test("a search needs all of its words, in any order, in what a call shows", () => {
  const one = call({ error: "ThrottlingException", invocation: "i-9" })
  for (const text of ["", "loads LOADER", "policy#allow1", "throttling i-9", "r-1"])
    expect([text, mentions(one, text, names)]).toEqual([text, true])
  expect(mentions(one, "loader kinesis", names)).toBe(false)
})

test("a refusal says whether a statement denies or none allows", () => {
  const access = { action: "s3:GetObject", resource: "arn:aws:s3:::lake/x", statement: "Policy#NoLake" } as const
  expect(reasonOf({ ...access, decision: "deny" }, "LoaderRole", names)).toBe("Policy#NoLake denies s3:GetObject on lake/x")
  expect(reasonOf({ ...access, decision: "implicitDeny", statement: undefined }, "LoaderRole", names)).toBe(
    "no statement of LoaderRole allows s3:GetObject on lake/x",
  )
  expect(reasonOf({ ...access, decision: "allow" }, "LoaderRole", names)).toBe("Policy#NoLake")
})
