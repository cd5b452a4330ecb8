import type { Reactions, RoomMessage } from "../wire.ts"

/** Messages of one page of history; pages are aligned so that any part of a long room can be read by itself. */
export const PAGE = 100
/** Far more than a screen; what is furthest from where someone reads is let go and read again when needed. */
const MOST_HELD = 20_000

export interface SeqRange {
  from: number
  to: number
}

/**
 * The messages of a room: the live end, told in order and each once, from sources that repeat, drop and reorder; and any part of the
 * history that was read. `seq` starts at 1 and has no gaps, so a position is a number and a gap is visible.
 */
export function createRoomLog() {
  const held = new Map<number, RoomMessage>()
  const fresh = new Set<number>()
  /** What came before the first answer to a join. */
  let early: RoomMessage[] = []
  let epoch: string | undefined
  let position = 0
  let head = 0

  function hold(message: RoomMessage): void {
    const known = held.get(message.seq)
    // An edit may arrive before an older copy of the same message.
    if (!known || (message.editedAt ?? 0) >= (known.editedAt ?? 0)) held.set(message.seq, { ...known, ...message })
    head = Math.max(head, message.seq)
  }

  function drain(): RoomMessage[] {
    const readable: RoomMessage[] = []
    for (let next = held.get(position + 1); next; next = held.get(position + 1)) {
      position++
      readable.push(next)
    }
    return readable
  }

  function letGo(centre: number): void {
    if (held.size <= MOST_HELD) return
    for (const seq of held.keys()) {
      if (seq > position - PAGE || Math.abs(seq - centre) < MOST_HELD / 4) continue
      held.delete(seq)
      fresh.delete(pageOf(seq))
    }
  }

  function change(seq: number, next: (message: RoomMessage) => RoomMessage): boolean {
    const message = held.get(seq)
    if (!message) return false
    held.set(seq, next(message))
    return true
  }

  return {
    get epoch(): string | undefined {
      return epoch
    },
    /** The last message told; everything up to it was told. */
    get position(): number {
      return position
    },
    /** The last message known to exist. */
    get head(): number {
      return head
    },
    /** Something later is here or known of already: what lies between has to be fetched. */
    get gap(): boolean {
      return head > position
    },
    at: (seq: number): RoomMessage | undefined => held.get(seq),
    /** Takes live messages and gives what became readable; messages of another epoch are not taken. */
    accept(messages: readonly RoomMessage[]): RoomMessage[] {
      if (epoch === undefined) early = [...early, ...messages].slice(-PAGE)
      for (const message of messages) if (message.epoch === epoch && message.seq > 0) hold(message)
      return drain()
    },
    /** A message with this number exists. */
    heardOf(seq: number): void {
      head = Math.max(head, seq)
    },
    /** Starts over: positions of another epoch mean nothing. Gives the newest messages, which are readable at once. */
    restart(next: string, seq: number, messages: readonly RoomMessage[]): RoomMessage[] {
      held.clear()
      fresh.clear()
      epoch = next
      head = seq
      const newest = [...messages].sort((a, b) => a.seq - b.seq)
      for (const message of newest) hold(message)
      // Where the page does not reach the head yet, the rest is a gap like any other.
      position = newest[0] ? newest[0].seq - 1 : seq
      for (const message of early) if (message.epoch === epoch && message.seq > position) hold(message)
      early = []
      return drain()
    },
    /** Goes on from a position of an earlier visit. */
    resume(from: { epoch: string; seq: number }): void {
      epoch = from.epoch
      position = head = from.seq
    },
    /** Takes a page of history. */
    fill(page: number, messages: readonly RoomMessage[]): RoomMessage[] {
      for (const message of messages) if (message.epoch === epoch) hold(message)
      fresh.add(page)
      letGo(page * PAGE)
      return drain()
    },
    /** Pages of a range that were not read since the last break. */
    missing({ from, to }: SeqRange): number[] {
      const pages: number[] = []
      for (let page = pageOf(Math.max(1, from)); page <= pageOf(Math.max(1, Math.min(to, head))); page++)
        if (head > 0 && !fresh.has(page)) pages.push(page)
      return pages
    },
    /** After a break edits and reactions may have been missed: what is shown is worth reading again. */
    stale(): void {
      fresh.clear()
    },
    edit: (seq: number, text: string, editedAt: number): boolean =>
      change(seq, (message) => ((message.editedAt ?? 0) > editedAt ? message : { ...message, text, editedAt })),
    react: (seq: number, reactions: (before: Reactions) => Reactions): boolean =>
      change(seq, (message) => ({ ...message, reactions: reactions(message.reactions ?? {}) })),
  }
}

const pageOf = (seq: number): number => Math.floor((seq - 1) / PAGE)

export type RoomLog = ReturnType<typeof createRoomLog>
