import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import { tellDenials } from "../../packages/start/src/denials.ts"
import { functionCaller } from "./support/caller.ts"
import { resourceOf, startHere } from "./support/cloud.ts"
import { controlOf } from "./support/control.ts"
import { personOf, Socket } from "./support/socket.ts"

let local: Product
let control: ReturnType<typeof controlOf>
beforeAll(async () => {
  local = await startHere()
  control = controlOf(local)
})
afterAll(() => local?.stop())

const event = { id: "e1", type: "venue.upserted", at: 1_700_000_000_000, v: 1, data: { venueId: "v1", name: "Hall" } }
const code = "AccessDeniedException"

it("answers at once where a stream denies, and asks nobody to send again", async () => {
  const ada = personOf(local, 0)
  await ada("/events", { events: [event] })
  await control.faults([{ service: "kinesis", op: "PutRecords", kind: "throttle", code }])
  const started = performance.now()
  let answer: Awaited<ReturnType<typeof ada>> | undefined
  const calls = await control.callsOf(async () => {
    answer = await ada("/events", { events: [event] })
  })
  await control.noFaults()
  const asked = calls.filter(({ service, operation }) => service === "kinesis" && operation === "PutRecords")
  expect(answer).toMatchObject({ status: 500, body: { code: "internal.denied", requestId: expect.any(String) } })
  expect(answer!.headers.get("retry-after")).toBeNull()
  expect(asked).toHaveLength(1)
  expect(performance.now() - started).toBeLessThan(5_000)
  const told = local.lines.find({ level: "ERROR" }).filter(({ text }) => text.includes("call was denied"))
  expect(told).toHaveLength(1)
})

it("tells an administrator whose notice could not be left for everybody", async () => {
  await control.faults([{ service: "dynamodb", op: "PutItem", match: { function: "NoticePost" }, kind: "throttle", code }])
  const answer = await personOf(local, 0)("/notices", { text: "Doors at eight" })
  await control.noFaults()
  expect(answer).toMatchObject({ status: 500, body: { code: "internal.denied" } })
})

it("tells whoever wrote into a room that nobody else could be told, once, and keeps what was written", async () => {
  const ada = personOf(local, 0)
  const { id: room } = (await ada("/rooms", { name: "Stage", visibility: "public" })).body
  const writer = await Socket.open(local, 0)
  await writer.ask("room.join", { room })
  await control.faults([
    { service: "dynamodb", op: "GetItem", match: { function: "Default", body: `topic#${room}` }, kind: "throttle", code },
  ])
  for (const n of [1, 2])
    expect(await writer.ask("room.send", { room, text: `n${n}`, clientId: `c${n}` })).toMatchObject({ type: "ack" })
  const notices = await writer.heard("notice", 1)
  await control.noFaults()
  expect(notices[0]).toMatchObject({ code: "internal.denied", room, text: expect.stringContaining("nobody else was told") })
  expect((await ada(`/rooms/${room}/messages`)).body.items.map(({ text }: { text: string }) => text)).toEqual(["n1", "n2"])
  writer.close()
})

it("lists all that was denied, whether a statement denies it or none allows it, and tells each once on the terminal", async () => {
  const lines: string[] = []
  const stop = tellDenials(local.cloud, (line) => lines.push(line))
  const { settings, name } = functionCaller(local, "HealthGet".replace("Get", ""))
  const client = new DynamoDBClient(settings)
  const TableName = resourceOf(local, "AWS::DynamoDB::Table", "RoomTable").identity.ref
  for (let n = 0; n < 3; n++) await expect(client.send(new ScanCommand({ TableName }))).rejects.toThrow(/not authorized/)
  stop()
  client.destroy()
  const { items } = (await control.ask("calls?decision=deny")) as {
    items: { caller: string; action: string; decision: string }[]
  }
  const own = items.filter(({ caller }) => caller === name)
  expect(own.map(({ action, decision }) => `${action} ${decision}`)).toEqual(Array(3).fill("dynamodb:Scan implicitDeny"))
  expect(lines.filter((line) => line.includes("dynamodb:Scan"))).toEqual([
    expect.stringMatching(
      /^Denied: Health may not dynamodb:Scan on RoomTable\w+: add \{ actions: \["dynamodb:Scan"\], on: \["arn:.*"\] \} to its `allow` in stacks\/ \(role .*\)$/,
    ),
  ])
})
