import { now } from "../clock.ts"
import { newId } from "../id.ts"
import { pause } from "../pause.ts"
import { Recent } from "../recent.ts"
import { append, isFull, type Seen } from "./append.ts"
import { busy, missing, used } from "./errors.ts"
import { mustBeNext, take } from "./lane.ts"
import { isMover, movePages, unstick } from "./move-pages.ts"
import { findHead, isActive, type Message, messageOf } from "./read.ts"
import { getAll } from "./store.ts"
import {
  clientMark,
  digestOf,
  Head,
  headKey,
  type Lane,
  laneKey,
  laneNumber,
  Member,
  memberKey,
  type Person,
  personOf,
  Receipt,
  receiptKey,
  type Stored,
} from "./table.ts"

const ATTEMPTS = 5
const FIRST_PAUSE_MS = 40

export interface Draft {
  room: string
  /** Who writes: a member by id, or somebody who needs no membership. */
  from: string | Person
  text: string
  clientId: string
  lane?: Lane
}

/** What a draft became. `isNew`: this call stored it. `tidy` moves full pages out of the head and may wait until everybody has the message. */
export interface Sent {
  message: Message
  isNew: boolean
  tidy?: () => Promise<void>
}

/** How far heads had let go when this process last saw them: a lower bound that stays true however old it gets. */
const seen = new Recent<Seen>(2_000)
const remember = ({ id, epoch, paged }: Head) => seen.set(id, { epoch, paged })

/** Who writes, the receipt of this message and how far the connection's numbers are, in one call; and the head, where this process never saw it. */
async function look({ room, from, clientId, lane }: Draft) {
  const userId = typeof from === "string" ? from : from.id
  const known = seen.get(room)
  const [member, receipt, head, noted] = await getAll([
    memberKey(room, userId),
    receiptKey(room, userId, clientId),
    known ? undefined : headKey(room),
    lane && laneKey(room, userId, lane),
  ])
  const row = member && Member.parse(member)
  const own = isActive(row) ? personOf(row) : undefined
  const found = receipt && Receipt.parse(receipt)
  return {
    known,
    author: typeof from === "string" ? own : from,
    head: head && Head.parse(head),
    receipt: found && found.ttl * 1000 > now() ? found : undefined,
    isTaken: lane !== undefined && laneNumber(noted) >= lane.n,
    previousSent: lane !== undefined && laneNumber(noted) >= lane.n - 1,
  }
}

type Looked = Awaited<ReturnType<typeof look>>

const isSame = (one: Lane | undefined, other: Lane): boolean => one?.connectionId === other.connectionId && one.n === other.n

type Known = Pick<Receipt, "epoch" | "seq" | "id" | "at" | "digest" | "lane">

/**
 * The same client id again: the same message, if it says the same. Over another connection it still counts as that connection's next. `own` is the id
 * that this call made: a write that took effect and then failed is found as one that was there, and nobody else will tell of it.
 */
async function repeated({ room, clientId, text, lane }: Draft, looked: Looked, known: Known, own: string): Promise<Sent> {
  if (known.digest !== digestOf(text)) throw used()
  if (lane && !looked.isTaken && !isSame(known.lane, lane)) {
    const head = await findHead(room)
    if (!head) throw missing()
    await take(head, looked.author!.id, lane)
  }
  const { epoch, seq, id: messageId, at } = known
  return { message: { room, epoch, seq, messageId, clientId, user: looked.author!, text, at }, isNew: messageId === own }
}

/** Why an append was refused: a repeat is answered, what cannot be mended is thrown, and nothing means that it may pass now. */
async function refused(draft: Draft, looked: Looked, author: Person, own: string): Promise<Sent | undefined> {
  const head = await findHead(draft.room)
  if (!head) throw missing()
  remember(head)
  const index = head.tail.findIndex(({ user, clientId }) => user.id === author.id && clientId === draft.clientId)
  if (index >= 0) return repeated(draft, looked, { ...head.tail[index]!, epoch: head.epoch, seq: head.paged + 1 + index }, own)
  // Its receipt is there by now.
  if (head.recent.includes(clientMark(author.id, draft.clientId))) return undefined
  if (isFull(head)) await unstick(head)
  else if (draft.lane && head.settled <= looked.known!.paged) await mustBeNext(head, author.id, draft.lane)
  return undefined
}

/**
 * Stores a message as the next of its room, once for its client id, whoever repeats it however often and whatever failed in between. In the
 * normal case one read and one write. Throws `missing.room`, `conflict.idempotency`, `conflict.order`, and `limit.rate` when others were in
 * the way five times.
 */
export async function store(draft: Draft): Promise<Sent> {
  const message = { id: newId("message"), clientId: draft.clientId, text: draft.text, at: now(), digest: digestOf(draft.text) }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await pause(attempt - 1, FIRST_PAUSE_MS)
    let looked = await look(draft)
    if (!looked.author) throw missing()
    if (!looked.known) {
      if (!looked.head) throw missing()
      remember(looked.head)
      looked = await look(draft)
      if (!looked.author) throw missing()
    }
    const { author, receipt, known, previousSent } = looked
    if (receipt) return repeated(draft, looked, receipt, message.id)
    const stored: Stored = { ...message, user: author, ...(draft.lane && { lane: draft.lane }) }
    const head = looked.isTaken ? undefined : await append({ room: draft.room, message: stored, seen: known!, previousSent })
    if (head) {
      remember(head)
      return {
        message: messageOf(head, head.seq, stored),
        isNew: true,
        ...(isMover(head) && { tidy: () => movePages(head) }),
      }
    }
    const answer = await refused(draft, looked, author, message.id)
    if (answer) return answer
  }
  throw busy()
}
