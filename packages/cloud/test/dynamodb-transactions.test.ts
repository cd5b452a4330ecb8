import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTables, failure, N, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

let w: TablesCloud
beforeAll(async () => void (w = await createTables([table("ITEMS", ["pk"])])))
afterAll(() => w?.stop())

const put = (pk: string, value = 0): TransactWriteItem => ({ Put: { TableName: "ITEMS", Item: { pk: S(pk), value: N(value) } } })
const add = (pk: string, by = 1): TransactWriteItem => ({
  Update: {
    TableName: "ITEMS",
    Key: { pk: S(pk) },
    UpdateExpression: "ADD #v :by",
    ExpressionAttributeNames: { "#v": "value" },
    ExpressionAttributeValues: { ":by": N(by) },
  },
})
const send = (items: TransactWriteItem[], token?: string, attempts = 1) =>
  w.client(attempts).send(new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: token }))
const value = async (pk: string) =>
  Number(
    (await w.client().send(new GetItemCommand({ TableName: "ITEMS", Key: { pk: S(pk) }, ConsistentRead: true }))).Item?.value?.N,
  )

test("of overlapping transactions some win and the others are told which item was taken; nothing is lost or doubled", async () => {
  await send([put("a"), put("b")])
  const client = w.client()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) =>
      client.send(new TransactWriteItemsCommand({ TransactItems: [put(`own-${index}`), add("a"), add("b", -1)] })),
    ),
  )
  const won = outcomes.filter(({ status }) => status === "fulfilled").length
  const lost = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason)
  console.log(`50 overlapping transactions: ${won} won, ${lost.length} conflicts`)
  expect(won).toBeGreaterThan(0)
  expect(lost.length).toBeGreaterThan(0)
  for (const error of lost) {
    expect(error.name).toBe("TransactionCanceledException")
    expect(error.CancellationReasons.map(({ Code }: { Code: string }) => Code)).toEqual([
      "None",
      "TransactionConflict",
      "TransactionConflict",
    ])
    expect(error.message).toContain("[None, TransactionConflict, TransactionConflict]")
  }
  expect([await value("a"), await value("b")]).toEqual([won, -won])
  const { Items = [] } = await client.send(new ScanCommand({ TableName: "ITEMS" }))
  expect(Items.filter(({ pk }) => pk!.S!.startsWith("own-"))).toHaveLength(won)
})

test("who tries again after a conflict, as applications must, gets through", async () => {
  await send([put("c")])
  const client = w.client(3)
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (;;) {
        try {
          return await client.send(new TransactWriteItemsCommand({ TransactItems: [add("c")] }))
        } catch (error) {
          if ((error as Error).name !== "TransactionCanceledException") throw error
        }
      }
    }),
  )
  expect(await value("c")).toBe(8)
})

test("transactions that share no item do not conflict, and one after the other never does", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => send([put(`apart-${index}`)])))
  for (let index = 0; index < 10; index++) await send([add("apart-0")])
  expect(await value("apart-0")).toBe(10)
})

test("a write under a held item is named TransactionConflictException, and a batch returns it as unprocessed", async () => {
  const clients = [w.client(), w.client(), w.client()]
  await Promise.all(clients.map((client) => client.send(new PutItemCommand({ TableName: "ITEMS", Item: { pk: S("warm") } }))))
  const names = new Set<string>()
  let unprocessed = 0
  for (let round = 0; round < 40 && (names.size === 0 || unprocessed === 0); round++) {
    const [, single, batch] = await Promise.allSettled([
      clients[0]!.send(new TransactWriteItemsCommand({ TransactItems: [add("warm")] })),
      clients[1]!.send(new PutItemCommand({ TableName: "ITEMS", Item: { pk: S("warm"), value: N(0) } })),
      clients[2]!.send(
        new BatchWriteItemCommand({ RequestItems: { ITEMS: [{ PutRequest: { Item: { pk: S("warm"), value: N(0) } } }] } }),
      ),
    ])
    if (single.status === "rejected") names.add(single.reason.name)
    if (batch.status === "fulfilled") unprocessed += batch.value.UnprocessedItems?.ITEMS?.length ?? 0
  }
  expect([...names]).toEqual(["TransactionConflictException"])
  expect(unprocessed).toBeGreaterThan(0)
})

test("a transactional read under concurrent transactions is whole or refused, never torn", async () => {
  await send([put("x", 100), put("y", 0)])
  let done = false
  const writer = (async () => {
    for (let index = 0; index < 60; index++)
      await send([add("x", -1), add("y", 1)]).catch((error: Error) => expect(error.name).toBe("TransactionCanceledException"))
    done = true
  })()
  const client = w.client()
  let [whole, refused] = [0, 0]
  while (!done) {
    try {
      const { Responses } = await client.send(
        new TransactGetItemsCommand({
          TransactItems: ["x", "y"].map((pk) => ({ Get: { TableName: "ITEMS", Key: { pk: S(pk) } } })),
        }),
      )
      expect(Responses!.reduce((sum, { Item }) => sum + Number(Item!.value!.N), 0)).toBe(100)
      whole++
    } catch (error) {
      expect((error as any).CancellationReasons.map(({ Code }: any) => Code)).toEqual([
        "TransactionConflict",
        "TransactionConflict",
      ])
      refused++
    }
  }
  await writer
  console.log(`transactional reads: ${whole} whole, ${refused} refused, 0 torn`)
  expect(whole + refused).toBeGreaterThan(0)
})

test("a token makes a repeated transaction one, for ten minutes of the cloud's clock, and no other transaction may use it", async () => {
  await send([put("once")])
  await send([add("once")], "token-1")
  await send([add("once")], "token-1")
  expect([await value("once"), w.calls.since(0, 100_000).at(-2)!.units]).toEqual([1, { RRU: 2 }])
  const other = await failure(send([add("once", 2)], "token-1"))
  expect(other.name).toBe("IdempotentParameterMismatchException")
  w.advance(10 * 60_000 - 1)
  await send([add("once")], "token-1")
  expect(await value("once")).toBe(1)
  w.advance(1)
  await send([add("once")], "token-1")
  expect(await value("once")).toBe(2)
})

test("the same token twice at once is one transaction and a TransactionInProgressException", async () => {
  await send([put("twice")])
  const clients = [w.client(), w.client()]
  const refused = new Set<string>()
  let rounds = 0
  while (refused.size === 0 && rounds < 40) {
    const ClientRequestToken = `at-once-${rounds++}`
    const outcomes = await Promise.allSettled(
      clients.map((client) => client.send(new TransactWriteItemsCommand({ TransactItems: [add("twice")], ClientRequestToken }))),
    )
    for (const outcome of outcomes) if (outcome.status === "rejected") refused.add(outcome.reason.name)
  }
  expect([...refused]).toEqual(["TransactionInProgressException"])
  expect(await value("twice")).toBe(rounds)
})

test("a cancelled transaction may be sent again with its token", async () => {
  const guarded: TransactWriteItem = { Put: { ...put("guard").Put!, ConditionExpression: "attribute_not_exists(pk)" } }
  await send([put("guard")])
  const error = await failure(send([guarded], "token-3"))
  expect(error.CancellationReasons[0].Code).toBe("ConditionalCheckFailed")
  w.advance(1)
  expect((await failure(send([guarded], "token-3"))).name).toBe("TransactionCanceledException")
})

test("what no transaction may be is refused: an item twice, more than 100 items, more than 4 MB", async () => {
  const twice = await failure(send([add("p"), { Delete: { TableName: "ITEMS", Key: { pk: S("p") } } }]))
  expect(twice.message).toBe("Transaction request cannot include multiple operations on one item")
  const many = await failure(send(Array.from({ length: 101 }, (_, index) => put(`many-${index}`))))
  expect(many.message).toContain(
    "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
  )
  const item = (index: number): TransactWriteItem => ({
    Put: { TableName: "ITEMS", Item: { pk: S(`big-${index}`), text: S("x".repeat(390_000)) } },
  })
  const large = await failure(send(Array.from({ length: 11 }, (_, index) => item(index))))
  expect(large.name).toBe("ValidationException")
  expect(large.message).toContain("4MB limit")
  await send(Array.from({ length: 100 }, (_, index) => put(`hundred-${index}`)))
})
