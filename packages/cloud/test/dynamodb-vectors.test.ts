import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  SearchVectorsCommand,
  type SearchVectorsCommandInput,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type VectorIndex,
} from "client-dynamodb-vectors"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTables, eventually, failure, N, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

let w: TablesCloud
let client: DynamoDBClient
beforeAll(async () => {
  w = await createTables([])
  client = new DynamoDBClient({ ...w.as(), maxAttempts: 1 })
})
afterAll(() => w?.stop())

const V = (...values: (number | string)[]): AttributeValue => ({ L: values.map((value) => ({ N: String(value) })) })
const index = (more: Partial<VectorIndex> = {}): VectorIndex => ({
  IndexName: "near",
  VectorAttribute: { AttributeName: "v" },
  Dimensions: 2,
  DistanceFunction: "EUCLIDEAN",
  Projection: { ProjectionType: "ALL" },
  ...more,
})
let count = 0

async function created(indexes: VectorIndex[], more: Partial<CreateTableCommandInput> = {}): Promise<string> {
  const TableName = `VECTORS-${count++}`
  const attributes = new Set(
    indexes.flatMap(({ SearchSchema }) => SearchSchema?.map(({ AttributeName }) => AttributeName!) ?? []),
  )
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: ["id", ...attributes].map((AttributeName) => ({
        AttributeName,
        AttributeType: AttributeName === "year" ? "N" : "S",
      })),
      VectorIndexes: indexes,
      ...more,
    }),
  )
  return TableName
}

const put = (TableName: string, id: string, more: Record<string, AttributeValue>) =>
  client.send(new PutItemCommand({ TableName, Item: { id: S(id), ...more } }))

const search = (TableName: string, vector: AttributeValue, more: Partial<SearchVectorsCommandInput> = {}) =>
  client.send(new SearchVectorsCommand({ TableName, IndexName: "near", SearchVector: vector.L, TopK: 10, ...more }))

/** Ids of what is found, nearest first. */
const ids = async (...of: Parameters<typeof search>) => (await search(...of)).SearchResults!.map(({ Item }) => Item!.id!.S)

const two = async (distance: VectorIndex["DistanceFunction"]) => {
  const TableName = await created([index({ DistanceFunction: distance })])
  await put(TableName, "east", { v: V(1, 0) })
  await put(TableName, "far-east", { v: V(10, 0) })
  await put(TableName, "north", { v: V(0, 2) })
  await put(TableName, "west", { v: V(-1, 0) })
  return TableName
}

test("a table is made with vector indexes and describes them", async () => {
  const SearchSchema = [
    { AttributeName: "kind", SearchSchemaElementType: "HASH" as const },
    { AttributeName: "year", SearchSchemaElementType: "INLINE_FILTER" as const },
  ]
  const Projection = { ProjectionType: "INCLUDE" as const, NonKeyAttributes: ["title"] }
  const TableName = await created([index({ SearchSchema, Projection, DistanceFunction: "COSINE" })])
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  expect(Table!.VectorIndexes).toEqual([
    {
      ...index({ SearchSchema, Projection, DistanceFunction: "COSINE" }),
      IndexStatus: "ACTIVE",
      IndexSizeBytes: 0,
      ItemCount: 0,
      IndexArn: `arn:aws:dynamodb:us-east-1:123456789012:table/${TableName}/index/near`,
    },
  ])
  expect(Table!.AttributeDefinitions!.map(({ AttributeName }) => AttributeName).toSorted()).toEqual(["id", "kind", "year"])
})

test("by EUCLIDEAN and COSINE the smallest scores come first, by DOT_PRODUCT the largest", async () => {
  const scores = async (distance: VectorIndex["DistanceFunction"]) =>
    (await search(await two(distance), V(2, 0))).SearchResults!.map(({ Item, Score }) => [Item!.id!.S, Score])
  expect(await scores("EUCLIDEAN")).toEqual([
    ["east", 1],
    ["north", Math.sqrt(8)],
    ["west", 3],
    ["far-east", 8],
  ])
  expect(await scores("COSINE")).toEqual([
    ["east", 0],
    ["far-east", 0],
    ["north", 1],
    ["west", 2],
  ])
  expect(await scores("DOT_PRODUCT")).toEqual([
    ["far-east", 20],
    ["east", 2],
    ["north", 0],
    ["west", -2],
  ])
  expect(await ids(await two("EUCLIDEAN"), V(2, 0), { TopK: 2 })).toEqual(["east", "north"])
})

/** Written from the definitions, apart from the engine's code: 32-bit values, distances in 64 bits. */
function direct(distance: string, a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a, b].map((vector) => vector.map((value) => new Float32Array([value])[0]!)) as [number[], number[]]
  const products = x.map((value, at) => value * y[at]!).reduce((sum, value) => sum + value, 0)
  const length = (vector: number[]) => Math.hypot(...vector)
  if (distance === "DOT_PRODUCT") return products
  if (distance === "EUCLIDEAN") return length(x.map((value, at) => value - y[at]!))
  return 1 - products / (length(x) * length(y))
}

test("what is found is what a direct computation over all items finds, for any vectors", { timeout: 120_000 }, async () => {
  const value = fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -9, max: 9 }), fc.constant(0.1))
  const vector = fc.array(value, { minLength: 3, maxLength: 3 }).filter((one) => Math.hypot(...one.map(Math.fround)) > 1e-6)
  const distances = ["COSINE", "EUCLIDEAN", "DOT_PRODUCT"] as const
  const tables = new Map<string, string>()
  for (const DistanceFunction of distances)
    tables.set(DistanceFunction, await created([index({ Dimensions: 3, DistanceFunction })]))
  const text = (one: number) => one.toFixed(20)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...distances),
      fc.array(vector, { minLength: 1, maxLength: 12 }),
      vector,
      fc.integer({ min: 1, max: 15 }),
      async (distance, stored, asked, TopK) => {
        const TableName = tables.get(distance)!
        const puts = stored.map((one, at) => ({ PutRequest: { Item: { id: S(`p${at}`), v: V(...one.map(text)) } } }))
        const rest = Array.from({ length: 12 - stored.length }, (_, at) => ({
          DeleteRequest: { Key: { id: S(`p${at + stored.length}`) } },
        }))
        await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [...puts, ...rest] } }))
        const { SearchResults } = await search(TableName, V(...asked.map(text)), { TopK })
        const best = stored
          .map((one) => direct(distance, one, asked))
          .toSorted((a, b) => (distance === "DOT_PRODUCT" ? b - a : a - b))
          .slice(0, TopK)
        expect(SearchResults).toHaveLength(best.length)
        for (const [at, { Item, Score }] of SearchResults!.entries()) {
          expect(Score).toBeCloseTo(best[at]!, 9)
          expect(Score).toBeCloseTo(direct(distance, stored[Number(Item!.id!.S!.slice(1))]!, asked), 9)
        }
      },
    ),
    { numRuns: 60, seed: 20_261_201 },
  )
})

test("vectors are kept and compared at 32 bits, the table keeps what was written", async () => {
  const TableName = await created([index({ Dimensions: 1 })])
  await put(TableName, "a", { v: V("0.1000000000000000055") })
  const { SearchResults } = await search(TableName, V("16777217"))
  // 16777217 is no 32-bit number, 16777216 is; and the nearest to 0.1 is read back as 0.1.
  expect(SearchResults![0]!.Score).toBe(16_777_216 - Math.fround(0.1))
  expect(SearchResults![0]!.Item!.v).toEqual(V("0.1"))
})

test("a partition of an index is searched alone, and must be named; filters are optional", async () => {
  const schema = [
    { AttributeName: "kind", SearchSchemaElementType: "HASH" as const },
    { AttributeName: "year", SearchSchemaElementType: "INLINE_FILTER" as const },
  ]
  const TableName = await created([index({ SearchSchema: schema })])
  const item = (kind: string, year: string) => ({ v: V(1, 1), kind: S(kind), year: { N: year } })
  await put(TableName, "a", item("song", "1990"))
  await put(TableName, "b", item("song", "2000.0"))
  await put(TableName, "c", item("film", "1990"))
  await put(TableName, "none", { v: V(1, 1), year: N(1990) })
  await put(TableName, "timeless", { v: V(1, 1), kind: S("song") })
  const asked = (expression: string, values: Record<string, AttributeValue>, names?: Record<string, string>) => ({
    SearchConditionExpression: expression,
    ExpressionAttributeValues: values,
    ExpressionAttributeNames: names,
  })
  const song = { ":k": S("song") }
  expect(await ids(TableName, V(1, 1), asked("kind = :k", song))).toEqual(["a", "b", "timeless"])
  const both = asked("(kind = :k) AND #y = :y", { ...song, ":y": { N: "2E3" } }, { "#y": "year" })
  expect(await ids(TableName, V(1, 1), both)).toEqual(["b"])

  const message = async (more: Partial<SearchVectorsCommandInput>) => {
    const error = await failure(search(TableName, V(1, 1), more))
    expect(error.name).toBe("ValidationException")
    return error.message
  }
  const hashMissing = "SearchConditionExpression must be provided when SearchSchema has a HASH key"
  const year = { "#y": "year" }
  expect(await message({})).toBe(hashMissing)
  expect(await message(asked("#y = :y", { ":y": N(1990) }, year))).toBe(hashMissing)
  const comparator = "Invalid comparator used in SearchConditionExpression"
  expect(await message(asked("kind = :k AND #y > :y", { ...song, ":y": N(1) }, year))).toBe(comparator)
  expect(await message(asked("kind = :k OR kind = :l", { ...song, ":l": S("film") }))).toBe(comparator)
  expect(await message(asked("kind = :k AND begins_with(id, :i)", { ...song, ":i": S("a") }))).toBe(comparator)
  expect(await message(asked("kind = :k AND title = :t", { ...song, ":t": S("x") }))).toContain("SearchSchema")
  expect(await message(asked("kind = :k AND #y = :y", { ...song, ":y": S("1990") }, year))).toContain(
    "does not match schema type",
  )
  expect(await message(asked("kind = :k AND kind = :k", song))).toContain("one condition per attribute")
  expect(await message(asked("kind = :k AND year = :y", { ...song, ":y": N(1) }))).toContain("reserved keyword")
  expect(await message(asked("kind = :missing", song))).toContain("is not defined")
  expect(await message(asked("kind = :k", { ...song, ":unused": S("x") }))).toContain("unused")
  expect(await message(asked("kind = ", song))).toContain("Invalid SearchConditionExpression")
})

test("every kind of write is in the next search", async () => {
  const TableName = await created([index()])
  await put(TableName, "a", { v: V(1, 0) })
  expect(await ids(TableName, V(0, 0))).toEqual(["a"])
  const Put = (id: string, ...values: number[]) => ({ TableName, Item: { id: S(id), v: V(...values) } })
  await client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        [TableName]: [{ PutRequest: { Item: Put("b", 2, 0).Item } }, { PutRequest: { Item: Put("x", 9, 9).Item } }],
      },
    }),
  )
  await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: Put("c", 3, 0) }, { Put: Put("d", 0.5, 0) }] }))
  expect(await ids(TableName, V(0, 0))).toEqual(["d", "a", "b", "c", "x"])
  const update = (id: string, UpdateExpression: string, value?: AttributeValue) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: { id: S(id) },
        UpdateExpression,
        ...(value && { ExpressionAttributeValues: { ":v": value } }),
      }),
    )
  await update("a", "SET v = :v", V(5, 0))
  await update("b", "REMOVE v")
  await update("new", "SET v = if_not_exists(v, :v)", V(0.1, 0))
  await client.send(new DeleteItemCommand({ TableName, Key: { id: S("x") } }))
  expect(await ids(TableName, V(0, 0))).toEqual(["new", "d", "c", "a"])

  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName: "ends", Enabled: true } }))
  await update("new", "SET ends = :v", N(Math.floor(w.cloud.now() / 1000) + 10))
  w.advance(120_000)
  await eventually(async () => !(await ids(TableName, V(0, 0))).includes("new"))
  expect(await ids(TableName, V(0, 0))).toEqual(["d", "c", "a"])
})

test("searches beside writes see each item before or after its write, whole", { timeout: 60_000 }, async () => {
  const TableName = await created([index({ Dimensions: 1 })])
  for (const id of ["a", "b", "c"]) await put(TableName, id, { v: V(0), n: N(0) })
  const writing = Array.from({ length: 30 }, (_, n) => put(TableName, "abc"[n % 3]!, { v: V(n), n: N(n) }))
  const searches = Array.from({ length: 10 }, () => search(TableName, V(0)))
  for (const { SearchResults } of await Promise.all(searches))
    for (const { Item, Score } of SearchResults!) expect([Item!.v, Score]).toEqual([V(Item!.n!.N!), Number(Item!.n!.N)])
  await Promise.all(writing)
  const { SearchResults } = await search(TableName, V(0))
  expect(SearchResults!.map(({ Item }) => Item!.v!.L![0]!.N)).toEqual(SearchResults!.map(({ Score }) => String(Score)))
})

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchTroubleshooting.html */
test("what is no vector of the index is refused before it is written; an item without one is only not in the index", async () => {
  const TableName = await created([index()])
  const type = "Invalid type for parameter v"
  for (const [value, message] of [
    [S("x"), type],
    [N(1), type],
    [{ NS: ["1", "2"] }, type],
    [{ L: [N(1), S("2")] }, `${type}[1]`],
    [V(1, "1e39"), `${type}[1]`],
    [V(1), "1 dimensions"],
    [V(1, 2, 3), "3 dimensions"],
  ] as const) {
    const Item = { id: S("bad"), v: value as AttributeValue }
    const Key = { id: S("bad") }
    const setting = { UpdateExpression: "SET v = :v", ExpressionAttributeValues: { ":v": Item.v } }
    for (const write of [
      () => client.send(new PutItemCommand({ TableName, Item })),
      () => client.send(new UpdateItemCommand({ TableName, Key, ...setting })),
      () => client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } })),
      () => client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: { TableName, Key, ...setting } }] })),
      () => client.send(new UpdateItemCommand({ TableName, Key, AttributeUpdates: { v: { Action: "PUT", Value: Item.v } } })),
    ]) {
      const error = await failure(write())
      expect([error.name, error.message.includes(message) ? message : error.message]).toEqual(["ValidationException", message])
    }
  }
  await put(TableName, "plain", { other: S("x") })
  expect(await ids(TableName, V(0, 0))).toEqual([])
  const part = await failure(
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: { id: S("plain") },
        UpdateExpression: "SET v[0] = :n",
        ExpressionAttributeValues: { ":n": N(1) },
      }),
    ),
  )
  expect(part.message).toContain("NOT_SIMULATED: dynamodb.UpdateItem.UpdateExpression (SET v[0])")
})

test("a search returns what its index projects, or the part that is asked for", async () => {
  const include = { ProjectionType: "INCLUDE" as const, NonKeyAttributes: ["title"] }
  const indexes = [
    index(),
    index({ IndexName: "keys", Projection: { ProjectionType: "KEYS_ONLY" } }),
    index({ IndexName: "some", Projection: include }),
  ]
  const TableName = await created(indexes)
  await put(TableName, "a", { v: V(1, 0), title: S("t"), more: { M: { x: N(1), y: N(2) } } })
  const item = async (IndexName: string, ProjectionExpression?: string) =>
    (await search(TableName, V(0, 0), { IndexName, ProjectionExpression })).SearchResults![0]!.Item
  const own = { id: S("a"), v: V(1, 0) }
  expect(await item("near")).toEqual({ ...own, title: S("t"), more: { M: { x: N(1), y: N(2) } } })
  expect([await item("keys"), await item("some")]).toEqual([own, { ...own, title: S("t") }])
  expect(await item("near", "title, more.y")).toEqual({ title: S("t"), more: { M: { y: N(2) } } })
  const error = await failure(item("keys", "title"))
  expect(error.message).toContain("Vector index keys does not project [title]")
})

test("a search tells the bytes it looked at where it is asked", async () => {
  const TableName = await two("EUCLIDEAN")
  const more = { ProjectionExpression: "id", TopK: 1 }
  const { ConsumedCapacity } = await search(TableName, V(2, 0), { ...more, ReturnConsumedCapacity: "TOTAL" })
  expect(ConsumedCapacity).toEqual({ VectorSearchRequestBytes: 4 * 2 * 4 + "ideast".length })
  expect((await search(TableName, V(2, 0), more)).ConsumedCapacity).toBeUndefined()
  expect(w.units()).toEqual({ vectorSearchBytes: 38 })
})

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchMonitoring.html */
test("writes that ask for INDEXES are told what went into vector indexes, and nothing where nothing did", async () => {
  const TableName = await created([index(), index({ IndexName: "keys", Projection: { ProjectionType: "KEYS_ONLY" } })])
  const asked = { ReturnConsumedCapacity: "INDEXES" as const }
  const put = (more: object) =>
    client.send(new PutItemCommand({ TableName, Item: { id: S("a"), v: V(1, 0), ...more }, ...asked }))
  const bytes = (near: number, keys?: number) => ({
    near: { VectorWriteRequestBytes: near },
    ...(keys && { keys: { VectorWriteRequestBytes: keys } }),
  })
  expect((await put({})).ConsumedCapacity!.VectorIndexes).toEqual(bytes(12, 12))
  // An attribute that only one of them projects.
  expect((await put({ t: S("xy") })).ConsumedCapacity!.VectorIndexes).toEqual(bytes(15))
  expect((await put({ t: S("xy") })).ConsumedCapacity!.VectorIndexes).toBeUndefined()
  const batch = await client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        [TableName]: [{ PutRequest: { Item: { id: S("b"), v: V(1, 1) } } }, { PutRequest: { Item: { id: S("c"), v: V(1, 1) } } }],
      },
      ...asked,
    }),
  )
  expect(batch.ConsumedCapacity![0]!.VectorIndexes).toEqual(bytes(24, 24))
  const transaction = await client.send(
    new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName, Key: { id: S("b") } } }], ...asked }),
  )
  expect(transaction.ConsumedCapacity![0]!.VectorIndexes).toEqual(bytes(12, 12))
  const removed = await client.send(
    new UpdateItemCommand({ TableName, Key: { id: S("c") }, UpdateExpression: "REMOVE v", ...asked }),
  )
  expect(removed.ConsumedCapacity!.VectorIndexes).toEqual(bytes(12, 12))
})

test("a response of more than 16 MB is refused: there are no pages", { timeout: 60_000 }, async () => {
  const TableName = await created([index()])
  for (let at = 0; at < 45; at++) await put(TableName, `i${at}`, { v: V(at, 0), text: S("x".repeat(390_000)) })
  const error = await failure(search(TableName, V(0, 0), { TopK: 100 }))
  expect([error.name, error.message]).toEqual(["ValidationException", expect.stringContaining("16 MB")])
  expect(await ids(TableName, V(0, 0), { TopK: 100, ProjectionExpression: "id" })).toHaveLength(45)
})

test("wrong members of a search answer as AWS does", async () => {
  const TableName = await two("COSINE")
  const told = async (more: Partial<SearchVectorsCommandInput>) => {
    const error = await failure(search(TableName, V(1, 0), more))
    return `${error.name}: ${error.message}`
  }
  for (const TopK of [0, 101, 1.5, -1])
    expect(await told({ TopK })).toBe("ValidationException: Provided TopK value is out of valid range")
  expect(await told({ IndexName: "nowhere" })).toBe("ValidationException: The table does not have the specified index: nowhere")
  expect(await told({ TableName: "NOWHERE" })).toContain("ResourceNotFoundException")
  expect(await told({ SearchVector: V(1, 0, 0).L })).toContain("ValidationException: One or more parameter values were invalid")
  expect(await told({ SearchVector: [S("a"), S("b")] })).toContain("list of 2 numbers")
  expect(await told({ SearchVector: V(0, 0).L })).toContain("must not be zero")
})

test("tables refuse vector indexes that cannot be", async () => {
  const told = async (indexes: VectorIndex[], more: Partial<CreateTableCommandInput> = {}) => {
    const error = await failure(created(indexes, more))
    expect(error.name).toBe("ValidationException")
    return error.message
  }
  const SearchSchema = [{ AttributeName: "kind", SearchSchemaElementType: "HASH" as const }]
  expect(
    await told([index()], {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    }),
  ).toContain("on-demand")
  const only = [{ AttributeName: "id", AttributeType: "S" as const }]
  expect(await told([index({ SearchSchema })], { AttributeDefinitions: only })).toContain(
    "One element in SearchSchema is not defined in attribute definitions",
  )
  expect(await told([index({ Dimensions: 4_097 })])).toContain("dimensions")
  expect(await told([index({ Dimensions: 0 })])).toContain("dimensions")
  expect(await told([index({ DistanceFunction: "MANHATTAN" as "COSINE" })])).toContain("[COSINE, DOT_PRODUCT, EUCLIDEAN]")
  expect(await told([index({ IndexName: "no" })])).toContain("indexName")
  expect(await told([index(), index()])).toContain("Duplicate index name: near")
  expect(await told([index(), index({ IndexName: "other", Dimensions: 3 })])).toContain("same number of dimensions")
  expect(await told([index({ Projection: { ProjectionType: "INCLUDE" } })])).toContain("NonKeyAttributes")
  const TableName = await created([index()])
  const billing = new UpdateTableCommand({
    TableName,
    BillingMode: "PROVISIONED",
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
  })
  expect((await failure(client.send(billing))).message).toContain("on-demand")
})

test("an index added to a table is filled from its items before it is searched, and one removed is gone", async () => {
  const TableName = await created([index({ IndexName: "first" })])
  for (let at = 0; at < 20; at++)
    await put(TableName, `i${at}`, { v: V(at, 0), w: V(at, 1, 2), kind: S(at % 2 ? "odd" : "even") })
  await put(TableName, "malformed", { v: V(1, 1), w: S("no vector") })
  const Create = index({
    VectorAttribute: { AttributeName: "w" },
    Dimensions: 3,
    SearchSchema: [{ AttributeName: "kind", SearchSchemaElementType: "HASH" }],
  })
  const AttributeDefinitions = [{ AttributeName: "kind", AttributeType: "S" as const }]
  const update = (...VectorIndexUpdates: object[]) =>
    client.send(new UpdateTableCommand({ TableName, AttributeDefinitions, VectorIndexUpdates }))
  const { TableDescription } = await update({ Create })
  expect(TableDescription!.VectorIndexes![1]).toMatchObject({ IndexStatus: "CREATING", Backfilling: true })
  const condition = { SearchConditionExpression: "kind = :k", ExpressionAttributeValues: { ":k": S("odd") }, TopK: 3 }
  const early = await failure(search(TableName, V(0, 1, 2), condition))
  expect(early.message).toBe("Cannot search backfilling vector index: near")
  const described = () => client.send(new DescribeTableCommand({ TableName })).then(({ Table }) => Table!.VectorIndexes!)
  await eventually(async () => (await described()).every(({ IndexStatus }) => IndexStatus === "ACTIVE"))
  expect((await described())[1]).toMatchObject({ ItemCount: 20 })
  expect((await described())[1]!.Backfilling).toBeUndefined()
  expect(await ids(TableName, V(0, 1, 2), condition)).toEqual(["i1", "i3", "i5"])

  expect((await failure(update({ Create: index() }, { Create: index() }))).name).toBe("LimitExceededException")
  expect((await failure(update({ Delete: { IndexName: "nowhere" } }))).name).toBe("ResourceNotFoundException")
  await update({ Delete: { IndexName: "near" } })
  expect((await failure(search(TableName, V(0, 1, 2), condition))).message).toContain("does not have the specified index")
  await put(TableName, "again", { w: S("no vector is asked for any more") })
})

test("searching has a permission of its own, on the index", async () => {
  const indexArn = "arn:aws:dynamodb:us-east-1:123456789012:table/GUARDED/index/near"
  const { createTestCloud } = await import("../src/endpoint/test-cloud.ts")
  const { dynamodb } = await import("../src/services/dynamodb/index.ts")
  const allow = (Action: string, Resource: string) => ({ Effect: "Allow" as const, Action: [Action], Resource })
  const guarded = table("GUARDED", ["id"], { VectorIndexes: [index()] })
  const running = await createTestCloud({
    services: [dynamodb()],
    resources: { Guarded: guarded },
    functions: {
      finder: [allow("dynamodb:SearchVectors", indexArn)],
      reader: [allow("dynamodb:Query", indexArn), allow("dynamodb:SearchVectors", indexArn.replace("/index/near", ""))],
    },
  })
  try {
    const asked = new SearchVectorsCommand({ TableName: "GUARDED", IndexName: "near", SearchVector: V(1, 0).L, TopK: 1 })
    const found = await new DynamoDBClient({ ...running.as("finder"), maxAttempts: 1 }).send(asked)
    expect(found.SearchResults).toEqual([])
    const error = await failure(new DynamoDBClient({ ...running.as("reader"), maxAttempts: 1 }).send(asked))
    expect([error.name, error.message]).toEqual([
      "AccessDeniedException",
      expect.stringContaining(`dynamodb:SearchVectors on resource: ${indexArn}`),
    ])
  } finally {
    await running.stop()
  }
})

test("AWS_ENDPOINT_URL brings a search here, which without it has a host of its own", async () => {
  const TableName = await two("EUCLIDEAN")
  const before = process.env.AWS_ENDPOINT_URL
  const { region, credentials } = w.as()
  const asked = new SearchVectorsCommand({ TableName, IndexName: "near", SearchVector: V(2, 0).L, TopK: 1 })
  try {
    process.env.AWS_ENDPOINT_URL = w.awsUrl
    const { SearchResults } = await new DynamoDBClient({ region, credentials }).send(asked)
    expect(SearchResults![0]!.Item!.id).toEqual(S("east"))
  } finally {
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL
    else process.env.AWS_ENDPOINT_URL = before
  }
  const hosts: string[] = []
  const requestHandler = {
    handle: ({ hostname }: { hostname: string }) => {
      hosts.push(hostname)
      return Promise.reject(new Error("not sent"))
    },
  }
  await failure(new DynamoDBClient({ region, credentials, requestHandler, maxAttempts: 1 }).send(asked))
  expect(hosts).toEqual(["search-dynamodb.us-east-1.amazonaws.com"])
})
