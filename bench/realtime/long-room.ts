import { now } from "../../packages/core/src/clock.ts"
import { dynamo } from "../../packages/core/src/aws.ts"
import { config } from "../../packages/core/src/config.ts"
import { UpdateCommand } from "../../packages/core/src/dynamo/index.ts"
import { newId } from "../../packages/core/src/id.ts"
import * as Room from "../../packages/core/src/room/index.ts"
import { movePages } from "../../packages/core/src/room/move-pages.ts"
import { digestOf, Head, headKey, marksOf, type Person, type Stored, weightOf } from "../../packages/core/src/room/table.ts"
import { as, roomOf } from "../../packages/core/test/room/world.ts"

const OWNER = "owner"
/** As everybody sends; beyond, a head takes as many at once as it may hold. */
const SENT = 1_000
const HEAD_HOLDS = 64

const textOf = (n: number): string => `line ${n}`
const clientIdOf = (n: number): string => `line-${n}`

/** Puts messages after each other into the head in one write, and lets the product move them to their pages. */
async function append(room: string, user: Person, from: number, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, index): Stored => {
    const text = textOf(from + index)
    return { id: newId("message"), clientId: clientIdOf(from + index), text, at: now(), digest: digestOf(text), user }
  })
  const { Attributes } = await dynamo().send(
    new UpdateCommand({
      TableName: config("ROOM_TABLE"),
      Key: headKey(room),
      UpdateExpression:
        "SET #seq = #seq + :count, #tail = list_append(#tail, :messages), #weight = #weight + :weight, #recent = list_append(#recent, :marks)",
      ExpressionAttributeNames: { "#seq": "seq", "#tail": "tail", "#weight": "weight", "#recent": "recent" },
      ExpressionAttributeValues: {
        ":count": count,
        ":messages": messages,
        ":weight": messages.reduce((sum, each) => sum + weightOf(each), 0),
        ":marks": messages.flatMap(marksOf),
      },
      ReturnValues: "ALL_NEW",
    }),
  )
  await movePages(Head.parse(Attributes))
}

/** A room of `count` messages: the first thousand sent, the others written as sending leaves them, a head-full at a time. */
export async function longRoom(count: number): Promise<string> {
  const room = await roomOf(OWNER)
  const sent = Math.min(SENT, count)
  let user: Person | undefined
  for (let n = 1; n <= sent; n++) {
    const { message, tidy } = await as(OWNER, () => Room.send({ room, text: textOf(n), clientId: clientIdOf(n) }))
    await tidy?.()
    user = message.user
  }
  for (let n = sent + 1; n <= count; n += HEAD_HOLDS) {
    await append(room, user!, n, Math.min(HEAD_HOLDS, count - n + 1))
    if ((n - sent) % (HEAD_HOLDS * 200) === 1) console.error(`  ${n} messages written`)
  }
  return room
}
