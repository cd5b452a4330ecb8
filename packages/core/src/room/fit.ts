import type { Message } from "./read.ts"

/**
 * Bytes of messages in one socket message, which has at most 128 KB; the rest is for the hundred members of a join.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const BYTES = 64 * 1024

const sizeOf = (message: Message): number => Buffer.byteLength(JSON.stringify(message)) + 1

/** Thousands of people may react to a message: where it would not fit any more it travels without them. */
const lean = ({ reactions, ...message }: Message): Message =>
  reactions === undefined || sizeOf({ ...message, reactions }) <= BYTES
    ? { ...message, ...(reactions && { reactions }) }
    : message

/** As many messages from the first on as one frame holds, at least one. */
export function firstThatFit(messages: readonly Message[]): Message[] {
  const kept: Message[] = []
  let bytes = 0
  for (const message of messages.map(lean)) {
    bytes += sizeOf(message)
    if (bytes > BYTES && kept.length > 0) break
    kept.push(message)
  }
  return kept
}

/** As many messages up to the last as one frame holds, in order, at least one. */
export const lastThatFit = (messages: readonly Message[]): Message[] => firstThatFit(messages.toReversed()).toReversed()

/** A page of history for a socket: what does not fit any more is on the page before. */
export function inFrame({ messages, next }: { messages: Message[]; next?: number }): { messages: Message[]; next?: number } {
  const kept = lastThatFit(messages)
  return kept.length < messages.length
    ? { messages: kept, next: kept[0]!.seq }
    : { messages: kept, ...(next !== undefined && { next }) }
}
