import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb"
import { inParallel } from "../../../packages/core/src/parallel.ts"
import { type Product, until } from "../../../test/e2e/product.ts"
import { administrator, controlOf } from "../control.ts"
import { crowd } from "../crowd.ts"
import type { Person } from "../people.ts"
import { Sheet } from "../sheet.ts"

const SIZES = { small: 40, full: 1_000 }
const MINUTE_MS = 60_000
/** Two cores answer five hundred at once in some seconds; the dead never answer. */
const ANSWER_MS = 20_000

/** Connections that listen to a room, as its owner sees them. */
async function listeners(owner: Person, room: string): Promise<number> {
  let count = 0
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const { body } = await owner.call(`/rooms/${room}/connections?limit=100${cursor && `&cursor=${cursor}`}`)
    for (const { connections } of body.items) count += connections
    cursor = body.next
  }
  return count
}

/** Half of all sockets die without a word: ten minutes later exactly their rows are gone. */
export async function deadSockets(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const control = controlOf(product)
  const count = full ? SIZES.full : SIZES.small
  const { clients, people, room } = await crowd(product, count, { tabs: 4 })
  const dynamo = new DynamoDBClient(administrator(product))
  const TableName = await control.connectionTable()
  const rows = async () => {
    let found = 0
    const scan = {
      TableName,
      FilterExpression: "attribute_exists(connectedAt) AND attribute_not_exists(closedAt)",
      Select: "COUNT" as const,
    }
    for await (const { Count = 0 } of paginateScan({ client: dynamo }, scan)) found += Count
    return found
  }
  const dark = (await control.sockets()).filter(({ open }, n) => open && n % 2 === 0)
  await inParallel(dark, 8, ({ connectionId }) => control.breakSocket(connectionId, "blackhole"))
  console.error(`  ${dark.length} of ${count} sockets are dead`)
  await control.advance(6 * MINUTE_MS)
  const answered = await Promise.all(clients.map(({ link }) => link.ask("ping", {}, ANSWER_MS).then(Boolean, () => false)))
  await control.advance(4 * MINUTE_MS + 1_000)
  const left = count - dark.length
  await until("the rows of the dead are gone", async () => (await rows()) === left, 120_000, 500).catch(() => undefined)
  const living = clients.filter((_, n) => answered[n])
  const alive = await Promise.all(living.map(({ link }) => link.ask("ping", {}, ANSWER_MS).then(Boolean, () => false)))
  await people[0]!.renew()
  const { body } = await people[0]!.call(`/rooms/${room}`)
  sheet.add({
    deadRowsWrong: [
      Math.abs((await rows()) - left),
      `rows too many or too few, of ${left} sockets of ${count} that did not die`,
      { max: 0 },
    ],
    deadPresentWrong: [
      Math.abs((await listeners(people[0]!, room)) - left),
      "connections too many or too few among those who listen to the room",
      { max: 0 },
    ],
    deadLivingLost: [left - alive.filter(Boolean).length, "sockets that did not die and answer no more", { max: 0 }],
    deadRoomKept: [body.id === room ? 1 : 0, "the room can be read afterwards", { min: 1 }],
  })
  for (const client of clients) client.close()
  return sheet
}
