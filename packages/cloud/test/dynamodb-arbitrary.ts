import fc from "fast-check"
import { condition, members, pattern, projection, rename, update } from "./dynamodb-arbitrary-expressions.ts"
import { binary, item, key, number, of, often, pk, sk } from "./dynamodb-arbitrary-values.ts"

/** One call, as it goes over the wire. */
export interface Call {
  operation: string
  body: any
}

export const TABLE = "DIFFERENTIAL"
export const INDEX = "byGroup"
export const LOCAL = "byLabel"

/** The table of all calls: text and number as keys, a global index whose range is a number, a local one. */
export const CREATE = {
  TableName: TABLE,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "N" },
    { AttributeName: "group", AttributeType: "S" },
    { AttributeName: "rank", AttributeType: "N" },
    { AttributeName: "label", AttributeType: "B" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: INDEX,
      KeySchema: [
        { AttributeName: "group", KeyType: "HASH" },
        { AttributeName: "rank", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a", "b"] },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: LOCAL,
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "label", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 20) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 30 }, { arbitrary, weight })
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => maybe(arbitrary, 3)

const table = { TableName: TABLE }
const consumed = maybe(of("TOTAL"), 10).map((detail) => (detail ? { ReturnConsumedCapacity: detail } : {}))
const put = fc
  .tuple(item, maybe(condition, 10), rarely(of("ALL_OLD", "ALL_NEW", "NONE")), consumed)
  .map(([Item, c, ReturnValues, more]) => ({
    operation: "PutItem",
    body: { ...table, Item, ...members({ ConditionExpression: c }), ...(ReturnValues && { ReturnValues }), ...more },
  }))
const updateItem = fc
  .tuple(key, update, maybe(condition, 10), maybe(of("ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "SOME")), consumed)
  .map(([Key, u, c, ReturnValues, more]) => ({
    operation: "UpdateItem",
    body: {
      ...table,
      Key,
      ...members({ UpdateExpression: u, ConditionExpression: c }),
      ...(ReturnValues && { ReturnValues }),
      ...more,
    },
  }))
const deleteItem = fc.tuple(key, maybe(condition, 10), rarely(of("ALL_OLD", "UPDATED_NEW"))).map(([Key, c, ReturnValues]) => ({
  operation: "DeleteItem",
  body: { ...table, Key, ...members({ ConditionExpression: c }), ...(ReturnValues && { ReturnValues }) },
}))
const get = fc.tuple(key, maybe(projection), rarely(fc.boolean()), consumed).map(([Key, p, ConsistentRead, more]) => ({
  operation: "GetItem",
  body: {
    ...table,
    Key,
    ...members({ ProjectionExpression: p }),
    ...(ConsistentRead !== undefined && { ConsistentRead }),
    ...more,
  },
}))

const range = (name: string, given: fc.Arbitrary<any>) =>
  fc.oneof(
    fc.tuple(of("=", "<", "<=", ">", ">="), given).map(([o, v]) => pattern(`${name} ${o} ?`, v)),
    fc.tuple(given, given).map(([v, u]) => pattern(`${name} BETWEEN ? AND ?`, v, u)),
    given.map((v) => pattern(`begins_with(${name}, ?)`, v)),
  )
const hash = (name: string, given: fc.Arbitrary<any>) => given.map((v) => pattern(`${name} = ?`, v))
const keyCondition = (hashName: string, hashes: fc.Arbitrary<any>, rangeName: string, ranges: fc.Arbitrary<any>) =>
  fc.oneof(
    { arbitrary: hash(hashName, hashes), weight: 40 },
    {
      arbitrary: fc.tuple(hash(hashName, hashes), range(rangeName, ranges)).map(([h, r]) => {
        const [l, s] = [rename(h, "l"), rename(r, "r")]
        return { text: `${l.text} AND ${s.text}`, names: { ...l.names, ...s.names }, values: { ...l.values, ...s.values } }
      }),
      weight: 40,
    },
    { arbitrary: range(rangeName, ranges), weight: 3 },
  )
const target = fc.oneof(
  { arbitrary: keyCondition("pk", pk, "sk", sk).map((k) => ({ k, IndexName: undefined })), weight: 40 },
  {
    arbitrary: keyCondition(
      "#g",
      of("g1", "g2").map((S) => ({ S })),
      "#r",
      number.map((N) => ({ N })),
    ).map((k) => ({ k, IndexName: INDEX })),
    weight: 20,
  },
  {
    arbitrary: keyCondition(
      "pk",
      pk,
      "label",
      binary.map((B) => ({ B })),
    ).map((k) => ({ k, IndexName: LOCAL })),
    weight: 20,
  },
  { arbitrary: keyCondition("pk", pk, "sk", sk).map((k) => ({ k, IndexName: "nowhere" })), weight: 2 },
)
const paging = fc.record(
  { Limit: often(of(1, 2, 3, 10), of(0, -1)), ScanIndexForward: fc.boolean(), ConsistentRead: fc.boolean() },
  { requiredKeys: [] },
)
const select = rarely(of("COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES"))
const query = fc
  .tuple(target, paging, maybe(condition, 10), maybe(projection, 10), select, consumed)
  .map(([{ k, IndexName }, page, f, p, Select, more]) => ({
    operation: "Query",
    body: {
      ...table,
      ...(IndexName && { IndexName }),
      ...members({ KeyConditionExpression: k, FilterExpression: f, ProjectionExpression: p }),
      ...page,
      ...(Select && { Select }),
      ...more,
    },
  }))
const scan = fc
  .tuple(
    maybe(of(INDEX, LOCAL), 10),
    fc.record({ Limit: of(2, 3, 7) }, { requiredKeys: [] }),
    maybe(condition),
    maybe(projection, 10),
    select,
  )
  .map(([IndexName, page, f, p, Select]) => ({
    operation: "Scan",
    body: {
      ...table,
      ...(IndexName && { IndexName }),
      ...members({ FilterExpression: f, ProjectionExpression: p }),
      ...page,
      ...(Select && { Select }),
    },
  }))
const batchGet = fc.tuple(fc.array(key, { minLength: 1, maxLength: 4 }), maybe(projection, 10)).map(([Keys, p]) => ({
  operation: "BatchGetItem",
  body: { RequestItems: { [TABLE]: { Keys, ...members({ ProjectionExpression: p }) } } },
}))
const batchWrite = fc
  .array(
    fc.oneof(
      item.map((Item) => ({ PutRequest: { Item } })),
      key.map((Key) => ({ DeleteRequest: { Key } })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((requests) => ({ operation: "BatchWriteItem", body: { RequestItems: { [TABLE]: requests } } }))
const large = of(399, 400, 401).map((kb) => ({
  operation: "PutItem",
  body: { ...table, Item: { pk: { S: "large" }, sk: { N: "1" }, text: { S: "x".repeat(kb * 1024 - 20) } } },
}))

/** One call of any item operation, mostly right and often enough wrong in one place. */
export const anyCall: fc.Arbitrary<Call> = fc.oneof(
  { arbitrary: put, weight: 80 },
  { arbitrary: updateItem, weight: 100 },
  { arbitrary: deleteItem, weight: 20 },
  { arbitrary: get, weight: 40 },
  { arbitrary: query, weight: 80 },
  { arbitrary: scan, weight: 30 },
  { arbitrary: batchGet, weight: 20 },
  { arbitrary: batchWrite, weight: 30 },
  { arbitrary: large, weight: 1 },
)
