/** What the checker looks at: the seq, who sent it under which id, and which of their messages it was. */
export interface Entry {
  seq: number
  user: string
  clientId: string
  /** From 1, where the sender kept an order. */
  n?: number
}

/** What a sender was told. */
export type Ack = Pick<Entry, "seq" | "user" | "clientId">

/**
 * What is wrong with a log: seqs that are not 1, 2, 3 …, a message twice, a sender's messages out of their order, an ack that the log does not
 * bear out. `from` is the first seq of a part. Empty for a right one.
 */
export function checkLog(log: readonly Entry[], acks: readonly Ack[] = [], from = 1): string[] {
  const problems: string[] = []
  const places = new Map<string, number>()
  const last = new Map<string, number>()
  for (const [index, { seq, user, clientId, n }] of log.entries()) {
    if (seq !== from + index) problems.push(`seq ${seq} at place ${from + index}`)
    const key = JSON.stringify([user, clientId])
    if (places.has(key)) problems.push(`${key} at ${places.get(key)} and ${seq}`)
    places.set(key, seq)
    if (n === undefined) continue
    if (n <= (last.get(user) ?? 0)) problems.push(`${user}'s message ${n} after ${last.get(user)}`)
    last.set(user, n)
  }
  for (const { seq, user, clientId } of acks) {
    const place = places.get(JSON.stringify([user, clientId]))
    if (place !== seq) problems.push(`ack of ${clientId} says ${seq}, the log ${place}`)
  }
  return problems
}

/** What is wrong with what a reader saw, beside the log as it was when they last looked: anything missing, foreign, doubled or out of order. */
export function checkReader(seen: readonly Entry[], log: readonly Entry[]): string[] {
  const text = ({ seq, user, clientId }: Entry) => `${seq} ${user} ${clientId}`
  return Array.from({ length: Math.max(seen.length, log.length) }, (_, index) => index).flatMap((index) => {
    const [one, other] = [seen[index] && text(seen[index]), log[index] && text(log[index])]
    return one === other ? [] : [`place ${index + 1}: saw ${one ?? "nothing"}, the log has ${other ?? "nothing"}`]
  })
}
