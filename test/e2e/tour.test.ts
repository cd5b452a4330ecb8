import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from "@aws-sdk/client-kinesis"
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3"
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb"
import { WebSocket } from "ws"
import { paddedSequence } from "../../packages/core/src/lake/tables.ts"
import * as Y from "yjs"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Call } from "../../packages/local/src/calls.ts"
import type { LocalCloud } from "../../packages/local/src/cloud.ts"
import { accessDenied } from "../../packages/local/src/endpoint/access.ts"
import { compileRoles } from "../../packages/local/src/iam/index.ts"
import type { AwsRequest, Caller } from "../../packages/local/src/service.ts"
import { until } from "./product.ts"
import { clientOf, depths, resourceOf, settled, startHere } from "./support/cloud.ts"
import { withoutOne } from "./support/without-one.ts"

/*
 * One person uses everything once, so that every permission the stacks give is one that something needs: `test/grants.mjs` reads which were used.
 */
let local: LocalCloud
let token: string
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
  token = await local.token()
})
afterAll(() => local?.stop())

async function ask(path: string, body?: unknown, method = body === undefined ? "GET" : "POST") {
  const response = await fetch(`${local.addresses.http}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json().catch(() => undefined)) as any }
}

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
  const pages = { "/venues/v1": "A hall", "/artists/a1": "An artist", "/concerts/c1": "A tour", "/concerts?limit=5": "A tour" }
  for (const [path, name] of Object.entries(pages)) {
    const page = await ask(path)
    expect([path, page.status]).toEqual([path, 200])
    expect(JSON.stringify(page.body)).toContain(name)
    expect((await ask(path)).body).toEqual(page.body)
  }
  expect((await ask("/venues/popularity?days=3650&by=tickets")).body.items).toHaveLength(1)
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
  const { shards } = (await ask("/ingest/progress")).body
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
  expect((await ask("/ingest/progress")).body.shards).toEqual(shards)
})

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
  const socket = await open()
  const { run: second } = await frame(socket, {
    action: "chat.send",
    text: "And artists?",
    clientId: "tour-1",
    conversation: conversationId,
  })
  expect((await ask(`/runs/${second}/stop`, {})).status).toBe(200)
  await frame(socket, { action: "chat.resume", run: second, after: 0 })
  await frame(socket, { action: "chat.stop", run: second })
  socket.close()
  expect((await ask(`/conversations/${conversationId}`, undefined, "DELETE")).status).toBeLessThan(300)
  expect((await ask(`/conversations/${conversationId}`)).status).toBe(404)
  expect((await ask("/me")).body.user?.name ?? (await ask("/me")).body.name).toBeTruthy()
})

async function open(): Promise<WebSocket> {
  const { body } = await ask("/realtime/ticket", {})
  const socket = new WebSocket(body.url.includes("ticket=") ? body.url : `${local.addresses.ws}?ticket=${body.ticket}`)
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
  return socket
}

let frames = 0
function frame(socket: WebSocket, sent: object): Promise<any> {
  const id = `f${++frames}`
  return new Promise((resolve, reject) => {
    const hear = (data: Buffer) => {
      const heard = JSON.parse(data.toString())
      if (heard.id !== id) return
      socket.off("message", hear)
      if (heard.type === "ack") resolve(heard)
      else reject(new Error(JSON.stringify(heard)))
    }
    socket.on("message", hear)
    socket.send(JSON.stringify({ id, ...sent }))
  })
}

/** Follows the pages of a document, and gives its text and its position. */
async function documentOf(
  socket: WebSocket,
  doc: string,
  vector?: string,
): Promise<{ text: string; seq: number; pages: number }> {
  const copy = new Y.Doc()
  let parts: Buffer[] = []
  let page = await frame(socket, { action: "doc.join", doc, vector })
  for (let pages = 1; ; pages++) {
    parts.push(Buffer.from(page.update, "base64"))
    if ((page.part ?? 1) === (page.of ?? 1)) Y.applyUpdate(copy, new Uint8Array(Buffer.concat(parts.splice(0))))
    if (!page.next) return { text: copy.getText("t").toString(), seq: page.seq, pages }
    page = await frame(socket, { action: "doc.join", doc, next: page.next })
  }
}

it("writes a document with two sockets, pastes into it, folds it, and brings an old version back", async () => {
  const { status, body: made } = await ask("/documents", { title: "Setlist" })
  expect([status, made.seq]).toEqual([201, 0])
  const doc: string = made.id
  const [one, two] = [await open(), await open()]
  const heard: any[] = []
  two.on("message", (data: Buffer) => heard.push(JSON.parse(data.toString())))
  await frame(one, { action: "doc.join", doc })
  await frame(two, { action: "doc.join", doc })
  const copy = new Y.Doc()
  const written = (write: (text: Y.Text) => void) => {
    const before = Y.encodeStateVector(copy)
    write(copy.getText("t"))
    return Buffer.from(Y.encodeStateAsUpdate(copy, before))
  }
  const update = written((text) => text.insert(0, "first song")).toString("base64")
  expect(await frame(one, { action: "doc.update", doc, update, clientId: "d1" })).toMatchObject({ seq: 1 })
  const told = { type: "doc.update", doc, seq: 1, update, clientId: "d1" }
  await until("the other socket hears the edit", async () => heard.some((each) => JSON.stringify(each) === JSON.stringify(told)))
  expect(await documentOf(two, doc)).toEqual({ text: "first song", seq: 1, pages: 1 })
  await frame(one, { action: "doc.awareness", doc, state: { at: 3 } })
  await until("the other socket hears where somebody is", async () => heard.some(({ type }) => type === "doc.awareness"))

  const paste = written((text) => text.insert(0, "x".repeat(300_000)))
  const of = Math.ceil(paste.length / 20_000)
  for (let part = 1; part <= of; part++) {
    const bytes = paste.subarray((part - 1) * 20_000, part * 20_000).toString("base64")
    const ack = await frame(one, { action: "doc.update", doc, update: bytes, clientId: "d2", part, of })
    if (part === of) expect(ack.seq).toBe(2)
  }
  const whole = copy.getText("t").toString()
  /** No snapshot yet, so this answer is kept for its pages. */
  expect((await documentOf(two, doc)).text).toBe(whole)
  const versions = await until("the log is folded", async () => {
    const { items } = (await ask(`/documents/${doc}/versions`)).body
    return items.length > 0 && items
  })
  expect(versions).toMatchObject([{ version: 2 }])
  expect(await documentOf(two, doc)).toMatchObject({ text: whole, seq: 2, pages: 5 })

  const erased = written((text) => text.delete(0, text.length)).toString("base64")
  await frame(one, { action: "doc.update", doc, update: erased, clientId: "d3" })
  expect((await documentOf(two, doc)).text).toBe("")
  expect(await ask(`/documents/${doc}/restore`, { version: 2 })).toMatchObject({ status: 200, body: { seq: 4 } })
  expect((await documentOf(two, doc)).text).toBe(whole)
  await until("the restored text is folded too", async () => (await ask(`/documents/${doc}/versions`)).body.items.length > 1)

  const gone = Buffer.from(JSON.stringify({ key: `joins/${doc}/gone`, at: 0, size: 9, seq: 1 })).toString("base64url")
  await expect(frame(one, { action: "doc.join", doc, next: gone })).rejects.toThrow("missing.page")
  const storage = new S3Client({ ...clientOf(local), forcePathStyle: true })
  const Bucket = resourceOf(local, "AWS::S3::Bucket", "DocumentBucket").identity.ref
  const { Contents } = await storage.send(new ListObjectsV2Command({ Bucket, Prefix: `snapshots/${doc}/0000000002` }))
  await storage.send(new DeleteObjectCommand({ Bucket, Key: Contents![0]!.Key }))
  storage.destroy()
  expect(await ask(`/documents/${doc}/restore`, { version: 2 })).toMatchObject({ status: 404, body: { code: "missing.version" } })

  expect(await ask(`/documents/${doc}`, { version: 1, title: "Encore", members: ["somebody"] }, "PATCH")).toMatchObject({
    status: 200,
  })
  expect(await ask(`/documents/${doc}`, { version: 2, members: [] }, "PATCH")).toMatchObject({ status: 200 })
  expect((await ask(`/documents/${doc}`)).body).toMatchObject({ title: "Encore", version: 3 })
  expect((await ask("/documents")).body.items).toMatchObject([{ id: doc, title: "Encore" }])

  const room = (await ask("/rooms", { name: "Stage", visibility: "private" })).body.id
  expect((await ask(`/rooms/${room}/members`, { userId: "somebody" })).status).toBeLessThan(300)
  const { id: shared } = (await ask("/documents", { title: "Of the room", room })).body
  expect((await ask(`/documents?room=${room}`)).body.items).toMatchObject([{ id: shared }])
  const member = (name: string, body: object = {}) => {
    const event = {
      requestContext: { requestId: "r", authorizer: { jwt: { claims: { sub: "somebody", token_use: "access" } } } },
      pathParameters: { id: shared },
      body: JSON.stringify(body),
    }
    return local.cloud.lambda.invoke(resourceOf(local, "AWS::Lambda::Function", name).identity.ref, event)
  }
  expect((await member("DocumentGet")).payload).toMatchObject({ statusCode: 200 })
  expect((await member("DocumentVersionsList")).payload).toMatchObject({ statusCode: 200 })
  expect((await member("DocumentPatch", { version: 1, title: "By a member" })).payload).toMatchObject({ statusCode: 200 })
  expect((await member("DocumentRestore", { version: 1 })).payload).toMatchObject({ statusCode: 404 })

  await frame(two, { action: "doc.leave", doc })
  one.close()
  two.close()
})

const connections = () => resourceOf(local, "AWS::DynamoDB::Table", "ConnectionTable").identity.ref
const deletedBy = (part: string) =>
  local.cloud.calls.since(0, 20_000).some(({ caller, operation }) => caller.includes(part) && operation === "DeleteItem")

it("forgets a socket that went away before its answer came", async () => {
  await until("an answer finds its socket gone", async () => {
    const socket = await open()
    socket.send(JSON.stringify({ id: "x", action: "ping" }))
    socket.terminate()
    await new Promise((resolve) => setTimeout(resolve, 100))
    return deletedBy("SocketDefault")
  })
})

it("sweeps the rows that outlived their sockets, a quarter of an hour later", async () => {
  const client = new DynamoDBClient(clientOf(local))
  const Key = { pk: { S: "connection#left" }, sk: { S: "connection" } }
  // DynamoDB takes times that old for mistakes and leaves such items: only the sweep can remove this one.
  const ttl = { N: "1" }
  await client.send(new PutItemCommand({ TableName: connections(), Item: { ...Key, userPk: { S: "user#x" }, ttl } }))
  local.cloud.clock.advance(15 * 60_000)
  await until("the row is swept", async () => {
    const { Item } = await client.send(new GetItemCommand({ TableName: connections(), Key }))
    return Item === undefined
  })
  expect(
    local.cloud.calls
      .since(0, 20_000)
      .some(({ caller, operation }) => caller.includes("Sweep") && operation === "BatchWriteItem"),
  ).toBe(true)
  const sweeper = String(resourceOf(local, "AWS::Lambda::Function", "ConnectionSweep").properties.Role)
  await until("what it said is in its log", async () =>
    [...asked.get(sweeper)!.keys()].some((key) => key.startsWith("logs:PutLogEvents")),
  )
})

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

/** Everything that `of` asks of `op` fails until it is called off. */
async function breaking(of: string, service: string, op: string): Promise<() => Promise<unknown>> {
  const faults = `${local.addresses.aws}/_local/faults`
  await fetch(faults, { method: "POST", body: JSON.stringify([{ service, op, kind: "error", match: { function: of } }]) })
  return () => fetch(faults, { method: "DELETE" })
}

it.each([
  ["Reannounce", "dynamodb", "Query", 60_000],
  ["ConnectionSweep", "dynamodb", "Scan", 15 * 60_000],
])("keeps the event of %s when it fails at it for good", async (name, service, op, every) => {
  const mend = await breaking(name, service, op)
  local.cloud.clock.advance(every)
  await until("what failed is kept", async () => {
    local.cloud.clock.advance(30_000)
    return Object.keys(await depths(local, new RegExp(`^${name}Failures`))).length > 0
  })
  await mend()
})

it("keeps where the records are that the consumer fails at for good", async () => {
  const mend = await breaking("IngestConsumer", "s3", "PutObject")
  const refused = () =>
    local.cloud.calls.since(0, 20_000).filter(({ caller, fault }) => caller.includes("IngestConsumer") && fault)
  await ask("/events", { events: [event("concert.upserted", "late", { ...concert, concertId: "late" })] })
  await until("the consumer was refused", async () => refused().length > 0)
  local.cloud.clock.advance(23.2 * 3_600_000)
  await until("the failure is kept", async () => {
    local.cloud.clock.advance(2_000)
    return Object.keys(await depths(local, /^IngestFailures/)).length > 0
  })
  await mend()
})

/** As test/grants.mjs: only statements that fail or take long need these. */
const RARE = /^redshift-data:(Describe|Cancel)Statement$/

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
      } else if (!actions.every((action) => RARE.test(action))) unproved.push(`${statement} (${actions.join(", ")})`)
    }
  }
  console.log(`${proved} statements of ${asked.size} roles were taken away one by one: each time a call of the tour is refused`)
  expect(unproved).toEqual([])
  expect(proved).toBeGreaterThan(80)
})
