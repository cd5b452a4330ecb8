import { ASSISTANT_ID, type RoomHandle, type RoomView } from "@backline/client"

type Log = Pick<RoomHandle, "at">

/** A message keeps its key when it gets its number, and so does an answer: who wrote it, and the id they gave it. */
const keyOf = (author: string | undefined, clientId: string): string => `${author} ${clientId}`

/** The key of a message of the log; its number while it is not here. */
export function messageKey(room: Log, seq: number): string | number {
  const message = room.at(seq)
  return message ? keyOf(message.user.id, message.clientId) : seq
}

/**
 * What stands below the log, with its keys: answers that are written, then messages that are not sent yet. Not those that the log holds already, after
 * a gap: they are still waited for in order, and two rows of one key would leave one of them on the screen for good.
 */
export function waitingRows(room: Log, { head, position, answers, unsent }: RoomView, me: string | undefined) {
  const held = new Set<string | number>()
  for (let seq = position + 1; seq <= head; seq++) held.add(messageKey(room, seq))
  const withKeys = <T>(each: readonly T[], key: (item: T) => string) =>
    each.map((item) => ({ item, key: key(item) })).filter((row) => !held.has(row.key))
  return {
    answers: withKeys(answers, ({ runId }) => keyOf(ASSISTANT_ID, runId)),
    unsent: withKeys(unsent, ({ clientId }) => keyOf(me, clientId)),
  }
}
