import { IS_NEW, type Item } from "../dynamo/index.ts"
import { now } from "../clock.ts"
import { note } from "./lane.ts"
import { put, putAll, update } from "./store.ts"
import { Head, headKey, MARKS, PAGE, pagedOf, placeOf, receiptItem, type Stored, weightOf } from "./table.ts"

/** A copy that is older than what lies there already, or the same, changes nothing. */
const putPage = (head: Head, first: number, messages: readonly Stored[]): Promise<unknown> =>
  put({
    Item: { ...placeOf(head, first).key, messages: messages.map(pagedOf), touched: head.touched },
    ConditionExpression: `${IS_NEW} OR touched < :touched`,
    ExpressionAttributeValues: { ":touched": head.touched },
  })

/** A receipt of each message. They never change: writing them again is nothing new. */
const receipts = (head: Head, messages: readonly Stored[]): Item[] =>
  messages.map((message, index) => receiptItem(head, head.paged + 1 + index, message))

/** How far each connection's numbers are. */
function lanes(head: Head, messages: readonly Stored[]): Promise<void>[] {
  const last = new Map(messages.flatMap((each) => (each.lane ? [[each.lane.connectionId, { ...each, lane: each.lane }]] : [])))
  return [...last.values()].map(({ user, lane, at }) => note(head.id, user.id, lane, at))
}

/** How long a sender may take between looking and writing while others write; and in messages of others, of which marks stay at most. */
const LOOK_MS = 3_000
const MOST_KEPT = 64
/** Of the marks at once: an expression has at most 4 KB. */
const MOST_SETTLED = 64

/** Up to where marks go when `count` messages leave the head: what was in pages before; in a busy room not the last ones, for who is under way. */
function settledAfter(head: Head, count: number, at: number): number {
  const kept = Math.min(MOST_KEPT, Math.ceil((count * LOOK_MS) / Math.max(1, at - head.movedAt)))
  const upTo = Math.min(head.paged, head.paged + count - kept)
  return Math.min(Math.max(head.settled, upTo), head.settled + MOST_SETTLED)
}

/** From the end, so that it means the same to an engine that counts again after each removal. */
const firstOf = (list: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${list}[${count - 1 - index}]`)

/** Lets the head go of its first `count` messages; the head as it is then, or undefined where somebody moved or edited in between. */
async function letGo(head: Head, count: number): Promise<Head | undefined> {
  const at = now()
  const settled = settledAfter(head, count, at)
  const weight = head.tail.slice(0, count).reduce((sum, each) => sum + weightOf(each), 0)
  const marks = (settled - head.settled) * MARKS
  const after = await update({
    Key: headKey(head.id),
    UpdateExpression: [
      "SET settled = :settled, paged = :next, movedAt = :now, #weight = #weight - :weight",
      `REMOVE ${[...firstOf("#t", count), ...firstOf("#r", marks)].join(", ")}`,
    ].join(" "),
    ConditionExpression: "paged = :paged AND settled = :before AND touched = :touched AND epoch = :epoch",
    ExpressionAttributeNames: { "#weight": "weight", "#t": "tail", ...(marks > 0 && { "#r": "recent" }) },
    ExpressionAttributeValues: {
      ":settled": settled,
      ":before": head.settled,
      ":paged": head.paged,
      ":next": head.paged + count,
      ":now": at,
      ":weight": weight,
      ":touched": head.touched,
      ":epoch": head.epoch,
    },
    ReturnValues: "ALL_NEW",
  })
  return after && Head.parse(after)
}

/** Messages that come while pages move are moved next; what comes after so many rounds is left to another sender. */
const ROUNDS = 8

/**
 * Who moves pages: the sender whose message fills the first one. If that one dies, so does whoever finds these many; in a busy room the
 * others go on meanwhile.
 */
export const isMover = ({ tail }: Pick<Head, "tail">): boolean => tail.length === PAGE || tail.length === 5 * PAGE

/** A mover needs three calls; one that is silent for so long is dead, or never was. */
const MOVING_MS = 1_000

/** Makes room in a full head where its mover did not: of all who find it so, one. */
export async function unstick({ id, paged, movedAt }: Head): Promise<void> {
  const at = now()
  if (at - movedAt < MOVING_MS) return
  const head = await update({
    Key: headKey(id),
    UpdateExpression: "SET movedAt = :now",
    ConditionExpression: "paged = :paged AND movedAt = :before",
    ExpressionAttributeValues: { ":now": at, ":paged": paged, ":before": movedAt },
    ReturnValues: "ALL_NEW",
  })
  if (head) await movePages(Head.parse(head))
}

/**
 * Moves the full pages of a head into its log: pages and receipts first, then the head lets go, if it is still as it was seen. Of any number
 * of movers one wins; one that dies leaves copies that the next one finds right.
 */
export async function movePages(seen: Head): Promise<void> {
  let head: Head | undefined = seen
  for (let round = 1; head && head.tail.length >= PAGE && round <= ROUNDS; round++) {
    const from: Head = head
    const count = Math.floor(from.tail.length / PAGE) * PAGE
    const moved = from.tail.slice(0, count)
    const pages = Array.from({ length: count / PAGE }, (_, n) => n * PAGE)
    await Promise.all([
      ...pages.map((start) => putPage(from, from.paged + 1 + start, moved.slice(start, start + PAGE))),
      putAll(receipts(from, moved)),
      ...lanes(from, moved),
    ])
    head = await letGo(from, count)
  }
}
