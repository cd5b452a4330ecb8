import { between } from "../dynamo/index.ts"
import { missing } from "./errors.ts"
import { getAll, queryAll } from "./store.ts"
import {
  firstOf,
  Head,
  headKey,
  Member,
  memberKey,
  messagesOf,
  type Paged,
  pagesBetween,
  reactedSeq,
  reactionsOf,
  type Stored,
} from "./table.ts"

/** Room and membership in one call, whatever there is: a room that is not there costs its asker the same work. */
export async function view(room: string, userId: string): Promise<{ head?: Head; member?: Member }> {
  const [head, member] = await getAll([headKey(room), memberKey(room, userId)])
  return { head: head && Head.parse(head), member: member && Member.parse(member) }
}

export async function findHead(room: string): Promise<Head | undefined> {
  const [head] = await getAll([headKey(room)])
  return head && Head.parse(head)
}

export type Active = Member & { role: Exclude<Member["role"], "banned"> }
export const isActive = (member: Member | undefined): member is Active => member !== undefined && member.role !== "banned"

/** A room as one of its members sees it; `missing.room` for everybody else. */
export async function asMember(room: string, userId: string): Promise<{ head: Head; member: Active }> {
  const { head, member } = await view(room, userId)
  if (!head || !isActive(member)) throw missing()
  return { head, member }
}

/** A room that may be read: one's own, or a public one that did not ban the reader. */
export async function asReader(room: string, userId: string): Promise<{ head: Head; member?: Active }> {
  const { head, member } = await view(room, userId)
  if (head && isActive(member)) return { head, member }
  if (head?.visibility !== "public" || member) throw missing()
  return { head }
}

export interface Message {
  room: string
  epoch: string
  seq: number
  messageId: string
  clientId: string
  user: Stored["user"]
  text: string
  at: number
  editedAt?: number
  /** User ids by emoji. */
  reactions?: Record<string, string[]>
}

/** A message as it travels. */
export const messageOf = (
  { id, epoch }: Pick<Head, "id" | "epoch">,
  seq: number,
  { id: messageId, clientId, user, text, at, editedAt }: Paged,
): Message => ({ room: id, epoch, seq, messageId, clientId, user, text, at, ...(editedAt !== undefined && { editedAt }) })

/** Messages `first` to `last` in order, as they are when the log is asked; nothing for an empty range. */
export async function range(head: Head, first: number, last: number): Promise<Message[]> {
  if (first > last) return []
  const bySeq = new Map<number, Paged>(head.tail.map((stored, index) => [head.paged + 1 + index, stored]))
  const reactions = new Map<number, Record<string, string[]>>()
  for (const item of await queryAll({ ...between(...pagesBetween(head, first, last)), ConsistentRead: true })) {
    const sk = String(item.sk)
    const reacted = reactedSeq(sk)
    if (reacted !== undefined) reactions.set(reacted, reactionsOf(item))
    // A page that the head had not let go of when it was read is a copy on its way.
    else if (firstOf(sk) <= head.paged) messagesOf(item).forEach((stored, index) => bySeq.set(firstOf(sk) + index, stored))
  }
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const seq = first + index
    const stored = bySeq.get(seq)
    if (!stored) throw new Error(`Message ${seq} of ${head.id} is not where the head says.`)
    const reacted = reactions.get(seq)
    return { ...messageOf(head, seq, stored), ...(reacted && Object.keys(reacted).length > 0 && { reactions: reacted }) }
  })
}
