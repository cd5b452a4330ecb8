import { QueryCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { tableError } from "./errors.ts"
import { getAll, isActive } from "./read.ts"
import { Head, headKey, listedRoom, listKey, Member, memberKey, personList, PUBLIC } from "./table.ts"

/** A cursor is the list it is in and the last room of the page; whose list it is comes from who asks. */
const encode = (list: "mine" | "public", room: string): string => Buffer.from(`${list} ${room}`).toString("base64url")

function decode(cursor: string | undefined): { list: "mine" | "public"; after?: string } {
  if (cursor === undefined) return { list: "mine" }
  const [list, after, ...more] = Buffer.from(cursor, "base64url").toString("utf8").split(" ")
  if ((list === "mine" || list === "public") && after !== undefined && /^(rom_\w{26})?$/.test(after) && more.length === 0)
    return { list, ...(after !== "" && { after }) }
  throw new AppError("input", "input.cursor", "This cursor is not one of ours. Start again without it.")
}

async function listed(list: string, userId: string, after: string | undefined, limit: number) {
  const { Items = [], LastEvaluatedKey } = await dynamo()
    .send(
      new QueryCommand({
        TableName: config("ROOM_TABLE"),
        IndexName: "byList",
        KeyConditionExpression: "#list = :list",
        ExpressionAttributeNames: { "#list": "list" },
        ExpressionAttributeValues: { ":list": list },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: after === undefined ? undefined : listKey(list, after, userId),
      }),
    )
    .catch((error: unknown) => {
      throw tableError(error)
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
