import { expect, it } from "vitest"
import { CallLog } from "@backline/cloud/calls"
import { tellDenials } from "./denials.ts"
import type { Resource } from "@backline/cloud/resource"

const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/rooms"
const resources = () => [{ logicalId: "RoomTable1A2B3C4D", identity: { ref: "rooms", arn: TABLE } } as Resource]

type Asked = Parameters<CallLog["add"]>[0]
const call = (more: Partial<Asked> & { access: Asked["access"] }): Asked => ({
  at: 0,
  caller: "local-backline-Api-RoomPost1A2B3C4D-ABCDEF",
  function: "local-backline-Api-RoomPost1A2B3C4D-ABCDEF",
  role: "arn:aws:iam::000000000000:role/RoomPostRole",
  service: "dynamodb",
  operation: "PutItem",
  decision: "implicitDeny",
  status: 400,
  attempt: 1,
  ms: 1,
  units: {},
  requestId: "r",
  ...more,
})
const put = { action: "dynamodb:PutItem", resource: TABLE }

it("tells each denial of a role once, in one line with what mends it, those before it listened too", () => {
  const calls = new CallLog()
  const lines: string[] = []
  calls.add(call({ access: [{ ...put, decision: "implicitDeny" }] }))
  const stop = tellDenials({ calls, resources }, (line) => lines.push(line))
  calls.add(call({ access: [{ ...put, decision: "implicitDeny" }] }))
  calls.add(call({ decision: "allow", access: [{ ...put, decision: "allow" }] }))
  expect(lines).toEqual([
    `Denied: RoomPost may not dynamodb:PutItem on RoomTable1A2B3C4D: add { actions: ["dynamodb:PutItem"], on: ["${TABLE}"] } to its \`allow\` in stacks/ (role RoomPostRole)`,
  ])
  calls.add(call({ role: "arn:aws:iam::000000000000:role/Other", access: [{ ...put, decision: "implicitDeny" }] }))
  expect(lines).toHaveLength(2)
  stop()
  calls.add(call({ access: [{ action: "dynamodb:GetItem", resource: TABLE, decision: "implicitDeny" }] }))
  expect(lines).toHaveLength(2)
})

it("names the statement that denies, and objects by their bucket", () => {
  const calls = new CallLog()
  const lines: string[] = []
  tellDenials({ calls, resources }, (line) => lines.push(line))
  const object = (key: string) => ({ action: "s3:GetObject", resource: `arn:aws:s3:::lake/${key}`, decision: "deny" as const })
  for (const key of ["a", "b/c", "d\ne"])
    calls.add(call({ decision: "deny", access: [{ ...object(key), statement: "RoomPostRole/0" }] }))
  expect(lines).toEqual(["Denied: RoomPost may not s3:GetObject: the statement RoomPostRole/0 denies it (role RoomPostRole)"])
})

it("says nothing of administrators and of services that look whether something is there", () => {
  const calls = new CallLog()
  const lines: string[] = []
  tellDenials({ calls, resources }, (line) => lines.push(line))
  calls.add(
    call({
      role: undefined,
      function: undefined,
      caller: "cloudfront.amazonaws.com",
      access: [{ ...put, decision: "implicitDeny" }],
    }),
  )
  expect(lines).toEqual([])
})
