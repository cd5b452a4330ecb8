import { cursorOf, readCursor } from "../dynamo/index.ts"
import { isActive } from "./read.ts"
import { getAll, query } from "./store.ts"
import { Head, headKey, listedRoom, listKey, Member, memberKey, personList, PUBLIC } from "./table.ts"

/** A cursor is the list it is in and the last room of the page; whose list it is comes from who asks. */
const encode = (list: "mine" | "public", room: string): string => cursorOf(`${list} ${room}`)

function decode(cursor: string | undefined): { list: "mine" | "public"; after?: string } {
  if (cursor === undefined) return { list: "mine" }
  const [list, after] = readCursor(cursor, /^(mine|public) (rom_\w{26})?$/).split(" ") as ["mine" | "public", string]
  return { list, ...(after !== "" && { after }) }
}

async function listed(list: string, userId: string, after: string | undefined, limit: number) {
  const { Items = [], LastEvaluatedKey } = await query({
    IndexName: "byList",
    KeyConditionExpression: "#list = :list",
    ExpressionAttributeNames: { "#list": "list" },
    ExpressionAttributeValues: { ":list": list },
    ScanIndexForward: false,
    Limit: limit,
    ExclusiveStartKey: after === undefined ? undefined : listKey(list, after, userId),
  })
  return { rooms: Items.map(listedRoom), last: LastEvaluatedKey && listedRoom(LastEvaluatedKey) }
}

export interface Listed {
  head: Head
  member?: Member
}

/** One's own rooms, newest first, then the public ones one is not in. A page may be shorter than asked for; `next` says whether there is more. */
export async function listRooms(userId: string, limit: number, cursor?: string): Promise<{ items: Listed[]; next?: string }> {
  const { list, after } = decode(cursor)
  const { rooms, last } = await listed(list === "mine" ? personList(userId) : PUBLIC, userId, after, limit)
  const found = await getAll(rooms.flatMap((room) => [headKey(room), memberKey(room, userId)]))
  const items = rooms.flatMap((_, index): Listed[] => {
    const [head, row] = [found[2 * index], found[2 * index + 1]]
    const member = row && Member.parse(row)
    // The index follows the rows after a moment: rows decide.
    if (!head || (list === "mine" ? !isActive(member) : member !== undefined)) return []
    return [{ head: Head.parse(head), ...(member && { member }) }]
  })
  if (last !== undefined) return { items, next: encode(list, last) }
  return { items, ...(list === "mine" && { next: encode("public", "") }) }
}
