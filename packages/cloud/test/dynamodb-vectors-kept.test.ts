import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DescribeTableCommand, DynamoDBClient, PutItemCommand, SearchVectorsCommand } from "client-dynamodb-vectors"
import { afterEach, beforeEach, expect, test } from "vitest"
import { createTables, failure, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

let data: string
let running: TablesCloud | undefined
beforeEach(async () => void (data = await mkdtemp(join(tmpdir(), "backline-vectors-"))))
afterEach(async () => {
  await running?.stop()
  running = undefined
  await rm(data, { recursive: true, force: true })
})

/** As `AWS::DynamoDB::Table` declares it: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-vectorindex.html */
const index = (IndexName: string, more: object = {}) => ({
  IndexName,
  VectorAttribute: { AttributeName: "v" },
  Dimensions: 2,
  DistanceFunction: "EUCLIDEAN",
  SearchSchema: [{ AttributeName: "kind", SearchSchemaElementType: "HASH" }],
  Projection: { ProjectionType: "ALL" },
  ...more,
})
const declared = (...VectorIndexes: object[]) => {
  const kept = table("KEPT", ["id"], { VectorIndexes })
  kept.properties.AttributeDefinitions.push({ AttributeName: "kind", AttributeType: "S" })
  return kept
}

/** Ends the cloud that runs, if any, and starts one over the same folder. */
async function start(...VectorIndexes: object[]): Promise<DynamoDBClient> {
  await running?.stop()
  running = undefined
  running = await createTables([declared(...VectorIndexes)], { data })
  return new DynamoDBClient({ ...running.as(), maxAttempts: 1 })
}

const L = (...values: number[]) => values.map((value) => ({ N: String(value) }))
const put = (client: DynamoDBClient, id: string, ...values: number[]) =>
  client.send(new PutItemCommand({ TableName: "KEPT", Item: { id: S(id), kind: S("k"), v: { L: L(...values) } } }))
async function ids(client: DynamoDBClient, IndexName: string) {
  const { SearchResults } = await client.send(
    new SearchVectorsCommand({
      TableName: "KEPT",
      IndexName,
      SearchVector: L(0, 0),
      TopK: 10,
      SearchConditionExpression: "kind = :k",
      ExpressionAttributeValues: { ":k": S("k") },
    }),
  )
  return SearchResults!.map(({ Item }) => Item!.id!.S)
}

test("a template's vector index and what it finds outlive a restart", async () => {
  const first = await start(index("near"))
  await put(first, "b", 2, 0)
  await put(first, "a", 1, 0)
  expect(await ids(first, "near")).toEqual(["a", "b"])
  const second = await start(index("near"))
  expect(await ids(second, "near")).toEqual(["a", "b"])
  await put(second, "c", 1.5, 0)
  expect(await ids(second, "near")).toEqual(["a", "c", "b"])
  expect((await failure(put(second, "d", 1))).message).toContain("1 dimensions")
})

test("an index added to a template is filled at the next start, one taken out is gone, and one that changed is refused", async () => {
  const first = await start(index("near"))
  await put(first, "a", 1, 0)
  const second = await start(index("near"), index("other", { DistanceFunction: "DOT_PRODUCT" }))
  expect(await ids(second, "other")).toEqual(["a"])
  const third = await start(index("other", { DistanceFunction: "DOT_PRODUCT" }))
  const { Table } = await third.send(new DescribeTableCommand({ TableName: "KEPT" }))
  expect(Table!.VectorIndexes!.map(({ IndexName, IndexStatus }) => [IndexName, IndexStatus])).toEqual([["other", "ACTIVE"]])
  expect(await ids(third, "other")).toEqual(["a"])
  const changed = await failure(start(index("other", { DistanceFunction: "COSINE" })))
  expect(changed.message).toContain("Vector index other of table KEPT changed")
})
