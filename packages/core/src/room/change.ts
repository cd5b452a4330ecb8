import { now } from "../clock.ts"
import type { Item } from "../dynamo/index.ts"
import { pause } from "../pause.ts"
import { isFull } from "./append.ts"
import { busy, missing, missingMessage } from "./errors.ts"
import { movePages } from "./move-pages.ts"
import { findHead } from "./read.ts"
import { getAll, update } from "./store.ts"
import { type Head, headKey, messagesOf, type Paged, placeOf, weightOf } from "./table.ts"

const ATTEMPTS = 5
const FIRST_PAUSE_MS = 40

const change = (path: string, text: string) => ({
  set: `${path}.#text = :text, ${path}.editedAt = :now`,
  mine: `${path}.#user.id = :author`,
  names: { "#text": "text", "#user": "user" },
  values: { ":text": text, ":now": now() },
})

/** In the head: on condition that nobody moved or edited anything in between, since the head keeps count of its bytes. */
function changeInHead(head: Head, index: number, author: string, text: string): Promise<Item | undefined> {
  const { set, mine, names, values } = change(`#tail[${index}]`, text)
  return update({
    Key: headKey(head.id),
    UpdateExpression: `SET ${set}, touched = touched + :one, #weight = #weight + :more`,
    ConditionExpression: `epoch = :epoch AND paged = :paged AND touched = :touched AND ${mine}`,
    ExpressionAttributeNames: { ...names, "#tail": "tail", "#weight": "weight" },
    ExpressionAttributeValues: {
      ...values,
      ":author": author,
      ":one": 1,
      ":epoch": head.epoch,
      ":paged": head.paged,
      ":touched": head.touched,
      ":more": weightOf({ text }) - weightOf(head.tail[index]!),
    },
  })
}

function changeInPage(head: Head, seq: number, author: string, text: string): Promise<Item | undefined> {
  const { key, index } = placeOf(head, seq)
  const { set, mine, names, values } = change(`messages[${index}]`, text)
  return update({
    Key: key,
    UpdateExpression: `SET ${set}`,
    ConditionExpression: mine,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ...values, ":author": author },
  })
}

async function find(head: Head, seq: number): Promise<Paged | undefined> {
  if (seq > head.paged) return head.tail[seq - head.paged - 1]
  const { key, index } = placeOf(head, seq)
  const [page] = await getAll([key])
  return page && messagesOf(page)[index]
}

/** Gives a message of `author` another text, wherever it lies by now. Throws `missing.message` for one that is not there or not theirs. */
export async function changeText(
  room: string,
  seq: number,
  author: string,
  text: string,
): Promise<{ messageId: string; editedAt: number }> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await pause(attempt - 1, FIRST_PAUSE_MS)
    const head = await findHead(room)
    if (!head) throw missing()
    const message = await find(head, seq)
    if (!message || message.user.id !== author) throw missingMessage()
    if (seq > head.paged && isFull(head)) await movePages(head)
    else if (
      seq > head.paged
        ? await changeInHead(head, seq - head.paged - 1, author, text)
        : await changeInPage(head, seq, author, text)
    )
      return { messageId: message.id, editedAt: now() }
  }
  throw busy()
}
