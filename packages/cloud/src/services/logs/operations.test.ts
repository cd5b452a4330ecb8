import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../../endpoint/test-cloud.ts"
import { logs } from "./index.ts"

let c: Awaited<ReturnType<typeof createTestCloud>>
let client: CloudWatchLogsClient
beforeAll(async () => {
  c = await createTestCloud({ services: [logs()] })
  client = new CloudWatchLogsClient(c.as())
  for (const logGroupName of ["/a/1", "/a/2", "/b"]) await client.send(new CreateLogGroupCommand({ logGroupName }))
  const logGroupName = "/b"
  for (const logStreamName of ["x1", "x2", "y"]) {
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
    const logEvents = ["ERROR one", "fine", "ERROR two"].map((message) => ({ timestamp: c.cloud.now(), message }))
    await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
  }
})
afterAll(() => c?.stop())

const filter = (input: object) => client.send(new FilterLogEventsCommand({ logGroupName: "/b", ...input }))

test("the pages of a filtered log hold what matches, also where the token comes alone", async () => {
  const asked = { filterPattern: "ERROR", logStreamNamePrefix: "x" }
  const messages: string[] = []
  let { events = [], nextToken } = await filter({ ...asked, limit: 1 })
  for (;;) {
    messages.push(...events.map(({ logStreamName, message }) => `${logStreamName} ${message}`))
    if (nextToken === undefined) break
    ;({ events = [], nextToken } = await filter({ limit: 1, nextToken }))
  }
  expect(messages).toEqual(["x1 ERROR one", "x1 ERROR two", "x2 ERROR one", "x2 ERROR two"])
})

test("a token of another filter, and one that nobody gave out, are refused", async () => {
  const { nextToken } = await filter({ filterPattern: "ERROR", limit: 1 })
  await expect(filter({ filterPattern: "fine", nextToken })).rejects.toThrow("another filterPattern")
  await expect(filter({ logGroupName: "/a/1", nextToken })).rejects.toThrow("another logGroupName")
  await expect(filter({ nextToken: "5" })).rejects.toMatchObject({ name: "InvalidParameterException" })
})

test("groups and streams are described page by page, by their prefix", async () => {
  const groups = (input: object) => client.send(new DescribeLogGroupsCommand(input))
  const first = await groups({ logGroupNamePrefix: "/a", limit: 1 })
  const second = await groups({ nextToken: first.nextToken })
  expect([...first.logGroups!, ...second.logGroups!].map(({ logGroupName }) => logGroupName)).toEqual(["/a/1", "/a/2"])
  const streams = (input: object) => client.send(new DescribeLogStreamsCommand({ logGroupName: "/b", ...input }))
  const one = await streams({ logStreamNamePrefix: "x", limit: 1 })
  const rest = await streams({ nextToken: one.nextToken })
  expect([...one.logStreams!, ...rest.logStreams!].map(({ logStreamName }) => logStreamName)).toEqual(["x1", "x2"])
  await expect(groups({ limit: 51 })).rejects.toThrow("limit is a number from 1 to 50")
})
