import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventsCloud, queueNamed } from "../testing.ts"

let c: Awaited<ReturnType<typeof eventsCloud>>
beforeAll(async () => {
  c = await eventsCloud({})
  await c.events.send(new PutRuleCommand({ Name: "mine", EventPattern: '{"source":["shop"]}' }))
})
afterAll(() => c?.stop())

const put = (...Targets: { Id: string; Arn: string }[]) => c.events.send(new PutTargetsCommand({ Rule: "mine", Targets }))

test("targets that can be used are taken, the others are named", async () => {
  const { FailedEntryCount, FailedEntries } = await put(
    { Id: "good", Arn: queueNamed("a") },
    { Id: "bad", Arn: "arn:aws:ecs:us-east-1:1:cluster/c" },
  )
  expect(FailedEntryCount).toBe(1)
  expect(FailedEntries).toEqual([
    { TargetId: "bad", ErrorCode: "ValidationException", ErrorMessage: expect.stringContaining("NOT_SIMULATED") },
  ])
})

test("a rule has at most five targets, and must be there", async () => {
  await expect(put(...Array.from({ length: 5 }, (_, n) => ({ Id: `t${n}`, Arn: queueNamed("a") })))).rejects.toThrow("at most 5")
  await expect(
    c.events.send(new PutTargetsCommand({ Rule: "none", Targets: [{ Id: "a", Arn: queueNamed("a") }] })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" })
})
