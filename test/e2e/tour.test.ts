import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from "@aws-sdk/client-kinesis"
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb"
import { paddedSequence } from "../../packages/core/src/lake/tables.ts"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Call } from "../../packages/cloud/src/call.ts"
import { signIn } from "../../packages/start/src/demo.ts"
import type { Product } from "../../packages/start/src/product.ts"
import { accessDenied } from "../../packages/cloud/src/endpoint/access.ts"
import { compileRoles } from "../../packages/cloud/src/iam/index.ts"
import type { AwsRequest, Caller } from "../../packages/cloud/src/service.ts"
import { until } from "./product.ts"
import { clientOf, depths, resourceOf, settled, startHere } from "./support/cloud.ts"
import { personOf, Socket } from "./support/socket.ts"
import { withoutOne } from "./support/without-one.ts"
import { documents } from "./tour/documents.ts"
import { predictions } from "./tour/predictions.ts"
import { recommendations } from "./tour/recommendations.ts"
import { quarantine } from "./tour/quarantine.ts"
import { rooms } from "./tour/rooms.ts"
import { sessions } from "./tour/sessions.ts"
import { standing } from "./tour/standing.ts"
import { breaking, type World } from "./tour/world.ts"

/*
 * One person uses everything once, so that every permission the stacks give is one that something needs: `test/grants.mjs` reads which were used.
 */
let local: Product
/** What was asked of IAM since the boot, by role. */
const asked = new Map<string, Map<string, { action: string; resource: string }>>()
beforeAll(async () => {
  local = await startHere()
  const note = ({ role, decision, access }: Call) => {
    if (role === undefined || decision !== "allow") return
    const known = asked.get(role) ?? new Map()
    asked.set(role, known)
    for (const { action, resource } of access) known.set(`${action} ${resource}`, { action, resource })
  }
  local.cloud.calls.since(0, 20_000).forEach(note)
  local.cloud.calls.follow(note)
})
afterAll(() => local?.stop())

const person = (number: number) => personOf(local, number)
const ask = (path: string, body?: unknown, method?: string) => person(0)(path, body, method)
const world: World = { local: () => local, person }

const AT = 1_750_000_000_000
const event = (type: string, id: string, data: object) => ({ id, type, at: AT, v: 1, data })
const concert = {
  concertId: "c1",
  venueId: "v1",
  artistId: "a1",
  title: "A tour",
  date: "2025-06-15",
  capacity: 100,
  priceCents: 2_500,
}

it("answers from each store when asked for its health", async () => {
  const { status, body } = await ask("/health?deep=1")
  expect([status, body.status]).toEqual([200, "ok"])
  expect(Object.keys(body.checks).sort()).toEqual(["config", "lake", "stream", "table"])
})

it("serves the console", async () => {
  const page = await fetch(local.addresses.console)
  expect([page.status, page.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")])
})

it("loads what is told and shows it on every page", async () => {
  const sold = { concertId: "c1", orderId: "o1", quantity: 2, priceCents: 2_500, currency: "USD" }
  const { status, body } = await ask("/events", {
    events: [
      event("artist.upserted", "e1", { artistId: "a1", name: "An artist" }),
      event("venue.upserted", "e2", { venueId: "v1", name: "A hall", city: "Basel" }),
      event("concert.upserted", "e3", concert),
      event("ticket.sold", "e4", sold),
    ],
  })
  expect([status, body.accepted]).toEqual([202, 4])
  await settled(local)
  const pages = {
    "/analytics/sales?concert=c1": "the day of the sale",
    "/analytics/top?of=artists&from=2025-06-01&to=2025-07-01": "An artist",
    "/analytics/concerts/c1": "A tour",
    "/analytics/freshness": "late",
    "/venues/v1": "A hall",
    "/artists/a1": "An artist",
    "/concerts/c1": "A tour",
    "/concerts?limit=5": "A tour",
  }
  for (const [path, name] of Object.entries(pages)) {
    const page = await ask(path)
    expect([path, page.status]).toEqual([path, 200])
    expect(JSON.stringify(page.body)).toContain(name)
    expect({ ...(await ask(path)).body, at: 0 }).toEqual({ ...page.body, at: 0 })
  }
  expect((await ask("/venues/popularity?days=3650&by=tickets")).body.items).toHaveLength(1)
  const loads = await ask("/loads")
  expect(loads.body.items.map(({ table }: any) => table).toSorted()).toEqual(["artist", "concert", "ticket", "venue"])
  expect((await ask("/loads")).body).toEqual(loads.body)
})

it("takes a batch that is delivered a second time for what it is", async () => {
  const { identity } = resourceOf(local, "AWS::Kinesis::Stream", "VenueStream")
  const client = new KinesisClient(clientOf(local))
  const StreamName = identity.ref
  const { Shards } = await client.send(new ListShardsCommand({ StreamName }))
  const [{ ShardId } = {}] = Shards!
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
  )
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }))
  client.destroy()
  /** Of this stream; others go on by themselves. */
  const counted = async () =>
    (await ask("/ingest/progress")).body.shards
      .filter(({ stream }: { stream: string }) => stream === StreamName)
      .map(({ consumed, counts, quarantined }: Record<string, unknown>) => ({ consumed, counts, quarantined }))
  const shards = await counted()
  const event = {
    Records: Records.map(({ SequenceNumber, PartitionKey, Data, ApproximateArrivalTimestamp }) => ({
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `${ShardId}:${SequenceNumber}`,
      eventSourceARN: identity.arn,
      kinesis: {
        kinesisSchemaVersion: "1.0",
        partitionKey: PartitionKey,
        sequenceNumber: SequenceNumber,
        data: Buffer.from(Data!).toString("base64"),
        approximateArrivalTimestamp: ApproximateArrivalTimestamp!.getTime() / 1000,
      },
    })),
  }
  const consumer = resourceOf(local, "AWS::Lambda::Function", "IngestConsumer").identity.ref
  expect((await local.cloud.lambda.invoke(consumer, event)).payload).toEqual({ batchItemFailures: [] })
  expect(await counted()).toEqual(shards)
})

quarantine(world)

it("talks, renames, stops and deletes a conversation", async () => {
  const asked = await ask("/chat", { text: "How many concerts are there?" })
  expect([200, 202]).toContain(asked.status)
  const { conversationId, runId } = asked.body
  const run = await until("the run is over", async () => {
    const { body } = await ask(`/runs/${runId}`)
    return ["done", "stopped", "error", "failed", "finished"].includes(body.state ?? body.run?.state) ? body : undefined
  })
  expect(JSON.stringify(run)).toContain(runId)
  expect((await ask(`/conversations/${conversationId}`, { title: "Renamed" }, "PATCH")).status).toBe(200)
  expect((await ask(`/conversations/${conversationId}`)).body.title).toBe("Renamed")
  expect(JSON.stringify((await ask("/conversations")).body)).toContain(conversationId)
  expect((await ask(`/conversations/${conversationId}/messages`)).body.items.length).toBeGreaterThanOrEqual(2)
  expect((await ask(`/runs/${runId}/stop`, {})).status).toBeLessThan(500)
  const again = await ask("/chat", { text: "And venues?", conversationId })
  expect([again.status, again.body.conversationId]).toEqual([expect.any(Number), conversationId])
  const socket = await Socket.open(local, 0)
  const { run: second } = await socket.ask("chat.send", {
    text: "And artists?",
    clientId: "tour-1",
    conversation: conversationId,
  })
  expect((await ask(`/runs/${second}/stop`, {})).status).toBe(200)
  await socket.ask("chat.resume", { run: second, after: 0 })
  await socket.ask("chat.stop", { run: second })
  socket.close()
  expect((await ask(`/conversations/${conversationId}`, undefined, "DELETE")).status).toBeLessThan(300)
  expect((await ask(`/conversations/${conversationId}`)).status).toBe(404)
  expect((await ask("/me")).body.user?.name ?? (await ask("/me")).body.name).toBeTruthy()
})

predictions(world)
rooms(world)
documents(world)
sessions(world)
recommendations(world)

it("tells the loader again about an object that is overdue, and the loader knows it", async () => {
  const client = new DynamoDBClient(clientOf(local))
  const TableName = resourceOf(local, "AWS::DynamoDB::Table", "IngestTable").identity.ref
  const written = local.cloud.calls
    .since(0, 20_000)
    .find(
      ({ caller, operation, access }) =>
        caller.includes("IngestConsumer") && operation === "PutObject" && /topic=concert/.test(access[0]!.resource),
    )!
  const key = written.access[0]!.resource.split("/").slice(1).join("/")
  const { shards } = (await ask("/ingest/progress")).body
  const { stream, shard, consumed } = shards.find(
    (each: { shard: string; stream: string }) => key.includes(each.shard) && /Concert/.test(each.stream),
  )
  const pk = `pending#${stream}#${shard}`
  const sk = `${paddedSequence(consumed)}#${key}`
  const text = { pk, sk, table: "concert", key, stream, shard, firstSequence: consumed, lastSequence: consumed }
  const Item = {
    ...Object.fromEntries(Object.entries(text).map(([name, value]) => [name, { S: String(value) }])),
    ...Object.fromEntries(["bytes", "rows", "announcedAt"].map((name) => [name, { N: "1" }])),
  }
  await client.send(new PutItemCommand({ TableName, Item }))
  local.cloud.clock.advance(60_000)
  await until("the loader has taken it off the list", async () => {
    const { Item: left } = await client.send(
      new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
    )
    return left === undefined
  })
  client.destroy()
})

it.each([
  ["Reannounce", "dynamodb", "Query", 60_000],
  ["ConnectionSweep", "dynamodb", "Scan", 15 * 60_000],
  ["Tastes", "dynamodb", "GetItem", 60_000],
])("keeps the event of %s when it fails at it for good", async (name, service, op, every) => {
  const mend = await breaking(local, name, service, op)
  local.cloud.clock.advance(every)
  await until("what failed is kept", async () => {
    local.cloud.clock.advance(30_000)
    return Object.keys(await depths(local, new RegExp(`^${name}Failures`))).length > 0
  })
  await mend()
})

it("looks after the records that the consumer fails at for good", async () => {
  const mend = await breaking(local, "IngestConsumer", "s3", "PutObject")
  const called = (name: string) => local.cloud.calls.since(0, 20_000).filter(({ caller }) => caller.includes(name))
  await ask("/events", { events: [event("concert.upserted", "late", { ...concert, concertId: "late" })] })
  await until("the consumer was refused", async () => called("IngestConsumer").some(({ fault }) => fault))
  local.cloud.clock.advance(23.2 * 3_600_000)
  await until("the failed batch was read from the stream", async () => {
    local.cloud.clock.advance(2_000)
    return called("KeepFailed").some(({ operation }) => operation === "GetRecords")
  })
  await mend()
  // Tokens end with the hour.
  const me = local.users[0]!
  me.accessToken = await signIn(local.cloud, local.addresses.clientId, me.email, me.password)
})

it("keeps the event of a training that fails for good", async () => {
  const mend = await breaking(local, "TrainModels", "redshift-data", "ExecuteStatement")
  local.cloud.clock.advance(6 * 3_600_000)
  await until("what failed is kept", async () => {
    local.cloud.clock.advance(30_000)
    return Object.keys(await depths(local, /^TrainModelsFailures/)).length > 0
  })
  await mend()
})

standing(world)

/** As test/grants.mjs: only statements that fail or take long need these. */
const RARE = /^redshift-data:(Describe|Cancel)Statement$/
/** What a person's day does not need: removals, redeliveries, sockets whose sign-in nobody kept. Each is walked by the test that stands beside it. */
const WALKED: readonly (readonly [of: RegExp, actions: RegExp, by: string])[] = [
  [/^DocumentPatch/, /^(sqs:SendMessage|execute-api:ManageConnections|dynamodb:Query)$/, "test/e2e/rights.test.ts"],
  [/^RoomMemberDelete/, /^dynamodb:BatchGetItem$/, "test/e2e/rights.test.ts"],
  [/^RunGet/, /^dynamodb:(UpdateItem|PutItem)$/, "packages/functions/test/runs.test.ts"],
  [/^RunWorker/, /^sqs:ChangeMessageVisibility$/, "packages/functions/test/streams/table-faults.test.ts"],
  [/^Socket(Authorizer|Default)/, /^(cognito-idp:AdminGetUser|dynamodb:GetItem)$/, "packages/core/test/standing.test.ts"],
  [
    /^ConnectionSweep/,
    /^(dynamodb:(Query|BatchGetItem)|sqs:SendMessage|cognito-idp:AdminGetUser|ssm:GetParameters)$/,
    "packages/core/test/derived-rights.test.ts",
  ],
]
const isWalked = (statement: string, actions: readonly string[]): boolean =>
  WALKED.some(([of, walked]) => of.test(statement) && actions.every((action) => walked.test(action)))

it("could not have been done without any one statement of any role: the role, the action and the resource would be named", () => {
  let proved = 0
  const unproved: string[] = []
  for (const role of local.cloud.resources("AWS::IAM::Role")) {
    const fn = local.cloud.resources("AWS::Lambda::Function").find(({ properties }) => properties.Role === role.identity.arn)
    const calls = [...(asked.get(role.identity.arn!)?.values() ?? [])]
    if (!fn && calls.length === 0) continue
    const session = fn?.identity.ref ?? "RedshiftIamRoleSession"
    const caller: Caller = { kind: "role", session, roleArn: role.identity.arn }
    for (const { statement, actions, resources } of withoutOne(local, role)) {
      const evaluator = compileRoles(resources).get(role.identity.arn!)!
      const refused = calls.find(({ action, resource }) => evaluator.check(action, resource).decision === "implicitDeny")
      if (refused) {
        proved++
        const { message } = accessDenied(
          { ...refused, decision: "implicitDeny", by: "identity" },
          { caller } as AwsRequest,
          "json",
          local.cloud,
        )
        expect(message).toContain(
          `:assumed-role/${role.identity.ref}/${session} is not authorized to perform: ${refused.action} on resource: ${refused.resource}`,
        )
      } else if (!actions.every((action) => RARE.test(action)) && !isWalked(statement, actions))
        unproved.push(`${statement} (${actions.join(", ")})`)
    }
  }
  console.log(`${proved} statements of ${asked.size} roles were taken away one by one: each time a call of the tour is refused`)
  expect(unproved).toEqual([])
  expect(proved).toBeGreaterThan(80)
})
