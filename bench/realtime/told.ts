import { type Ack, checkLog, checkReader, type Entry } from "../../packages/core/test/room/check-log.ts"

export interface Told {
  /** Of those who listened, who was not told exactly the room's log. */
  wrong: number
  missing: number
  doubled: number
  /** Told after a later one. */
  swapped: number
}

/** Holds what programs were told against the room's log, and the log against what its senders were told. A log that is wrong makes all of them wrong. */
export function tellings(told: readonly (readonly Entry[])[], log: readonly Entry[], acks: readonly Ack[]): Told {
  const problems = checkLog(log, acks)
  if (log.length !== acks.length) problems.push(`${acks.length} acks, ${log.length} messages`)
  const found: Told = { wrong: 0, missing: 0, doubled: 0, swapped: 0 }
  const isWrong = problems.length > 0
  for (const each of told) {
    const differences = checkReader(each, log)
    if (differences.length > 0 || isWrong) found.wrong++
    problems.push(...differences.slice(0, 3))
    const seqs = new Set(each.map(({ seq }) => seq))
    found.missing += log.filter(({ seq }) => !seqs.has(seq)).length
    found.doubled += each.length - seqs.size
    found.swapped += each.filter(({ seq }, index) => index > 0 && seq < each[index - 1]!.seq).length
  }
  for (const problem of problems.slice(0, 10)) console.error(`  wrong: ${problem}`)
  return found
}
