import { DynamoDBClient, SearchVectorsCommand } from "@aws-sdk/client-dynamodb"
import * as lib from "@aws-sdk/lib-dynamodb"
import * as fc from "fast-check"
import { expect, it, vi } from "vitest"
import { endpointOf } from "../service-client.ts"
import { SEARCH_HOST } from "./index.ts"
import { fromWire, toWire } from "./shape.ts"

/** What the SDK's document client sends for a command, and what it makes of an answer. */
async function bySdk(command: object, answer: object = {}): Promise<{ sent: any; got: any }> {
  let sent: any
  const requestHandler = {
    async handle({ body }: { body: string }) {
      sent = JSON.parse(body)
      const bytes = Buffer.from(JSON.stringify(answer))
      const stream = (await import("node:stream")).Readable.from([bytes])
      return { response: { statusCode: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body: stream } }
    },
  }
  const client = new DynamoDBClient({
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    requestHandler: requestHandler as never,
  })
  const { $metadata: _, ...got } = (await lib.DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  }).send(command as never)) as any
  return { sent, got }
}

const text = fc.string({ maxLength: 8, unit: "grapheme" })
const number = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }))
const set = <T>(values: fc.Arbitrary<T>) => fc.uniqueArray(values, { minLength: 1, maxLength: 4 }).map((all) => new Set(all))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.uint8Array({ maxLength: 8 }),
    set(text),
    set(fc.maxSafeInteger()),
    fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }),
    set(fc.uint8Array({ maxLength: 4 })),
    set(fc.oneof(text, fc.constant(undefined))).filter((of) => [...of].some((one) => one !== undefined)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}))
const item = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 5 }).filter((name) => name !== "__proto__"),
  value,
  { maxKeys: 5, noNullPrototype: true },
)
/** `-0` has no text of its own. */
const plain = (of: unknown): unknown => JSON.parse(JSON.stringify(of))

it("writes items, keys and values as the SDK's document client writes them", async () => {
  const property = fc.asyncProperty(item, item, async (one, two) => {
    const TableName = "t"
    const commands: [object, object][] = [
      [
        new lib.SearchVectorsCommand({
          TableName,
          IndexName: "near",
          TopK: 3,
          SearchVector: [0.5, -1, 2],
          ExpressionAttributeValues: two,
        }),
        { TableName, IndexName: "near", TopK: 3, SearchVector: [0.5, -1, 2], ExpressionAttributeValues: two },
      ],
      [new lib.PutCommand({ TableName, Item: one }), { TableName, Item: one }],
      [
        new lib.UpdateCommand({
          TableName,
          Key: one,
          ExpressionAttributeValues: two,
          ExpressionAttributeNames: { "#Key": "Item" },
        }),
        { TableName, Key: one, ExpressionAttributeValues: two, ExpressionAttributeNames: { "#Key": "Item" } },
      ],
      [
        new lib.BatchGetCommand({ RequestItems: { Item: { Keys: [one, two] } } }),
        { RequestItems: { Item: { Keys: [one, two] } } },
      ],
      [
        new lib.BatchWriteCommand({ RequestItems: { Keys: [{ PutRequest: { Item: one } }, { DeleteRequest: { Key: two } }] } }),
        { RequestItems: { Keys: [{ PutRequest: { Item: one } }, { DeleteRequest: { Key: two } }] } },
      ],
      [
        new lib.TransactWriteCommand({
          ClientRequestToken: "x",
          TransactItems: [
            { Put: { TableName, Item: one } },
            { ConditionCheck: { TableName, Key: two, ConditionExpression: "a" } },
          ],
        }),
        {
          ClientRequestToken: "x",
          TransactItems: [
            { Put: { TableName, Item: one } },
            { ConditionCheck: { TableName, Key: two, ConditionExpression: "a" } },
          ],
        },
      ],
    ]
    for (const [command, input] of commands) expect(plain(toWire(input))).toEqual((await bySdk(command)).sent)
  })
  await fc.assert(property, { numRuns: 60 })
})

it("reads answers as the SDK's document client reads them", async () => {
  const property = fc.asyncProperty(item, item, async (one, two) => {
    const [a, b] = [toWire({ Item: one }), toWire({ Item: two })].map((each: any) => plain(each.Item))
    const answers: [object, object][] = [
      [new lib.GetCommand({ TableName: "t", Key: {} }), { Item: a }],
      [new lib.QueryCommand({ TableName: "t" }), { Items: [a, b], Count: 2, LastEvaluatedKey: b }],
      [new lib.UpdateCommand({ TableName: "t", Key: {} }), { Attributes: a }],
      [
        new lib.SearchVectorsCommand({ TableName: "t", IndexName: "near", TopK: 1, SearchVector: [1] }),
        {
          SearchResults: [
            { Item: a, Score: 0.25 },
            { Item: b, Score: 1 },
          ],
        },
      ],
      [
        new lib.BatchGetCommand({ RequestItems: {} }),
        { Responses: { Items: [a], Key: [b] }, UnprocessedKeys: { Item: { Keys: [b], ConsistentRead: true } } },
      ],
      [
        new lib.BatchWriteCommand({ RequestItems: {} }),
        { UnprocessedItems: { Keys: [{ PutRequest: { Item: a } }, { DeleteRequest: { Key: b } }] } },
      ],
    ]
    for (const [command, answer] of answers) expect(fromWire(answer)).toEqual((await bySdk(command, answer)).got)
  })
  await fc.assert(property, { numRuns: 60 })
})

it("refuses what could not come back as it was, and gives back more than the SDK loses", async () => {
  const odd: unknown[] = [NaN, Infinity, 2 ** 60, new Set(), new Set(["a", 1]), new Date(), Symbol("s"), () => 1, new Map()]
  for (const each of odd) expect(() => toWire({ Item: { each } })).toThrow(/store|set|given back|gives back/)
  for (const N of ["9007199254740993", "-9007199254740993"]) {
    const answer = { Item: { each: { N }, all: { NS: [N] } } }
    expect(fromWire(answer)).toEqual((await bySdk(new lib.GetCommand({ TableName: "t", Key: {} }), answer)).got)
    expect(fromWire(answer).Item.each).toBe(BigInt(N))
  }
  expect(() => fromWire({ Item: { each: { N: "9007199254740993.5" } } })).toThrow("more than a number holds")
  expect(() => fromWire({ Item: { each: { X: "1" } } })).toThrow("unknown kind")
  const proto = JSON.parse('{"Item":{"__proto__":"x"}}')
  expect(JSON.stringify(toWire(proto))).toBe('{"Item":{"__proto__":{"S":"x"}}}')
  expect(JSON.stringify(fromWire(toWire(proto)))).toBe(JSON.stringify(proto))
})

it("searches where the SDK searches", async () => {
  let host: string | undefined
  const requestHandler = {
    async handle({ hostname }: { hostname: string }) {
      host = hostname
      throw new Error("nobody is there")
    },
  }
  const client = new DynamoDBClient({
    region: "eu-west-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
    requestHandler: requestHandler as never,
  })
  const input = { TableName: "t", IndexName: "near", TopK: 1, SearchVector: [{ N: "1" }] }
  await client.send(new SearchVectorsCommand(input)).catch(() => undefined)
  vi.stubEnv("AWS_REGION", "eu-west-1")
  expect(endpointOf("dynamodb", SEARCH_HOST)).toBe(`https://${host}`)
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
  expect(endpointOf("dynamodb", SEARCH_HOST)).toBe("http://127.0.0.1:1")
  vi.unstubAllEnvs()
})

it("leaves alone what only has the name of an item", () => {
  const output = {
    ConsumedCapacity: { GlobalSecondaryIndexes: { Items: { CapacityUnits: 1 }, Key: { CapacityUnits: 1 } } },
    Responses: { Key: [{ a: { S: "x" } }], Items: [] },
  }
  expect(fromWire(output)).toEqual({ ...output, Responses: { Key: [{ a: "x" }], Items: [] } })
  expect(toWire({ Key: undefined, ExpressionAttributeNames: { "#Key": "Item" } })).toEqual({
    Key: undefined,
    ExpressionAttributeNames: { "#Key": "Item" },
  })
})
