import { type Ack, checkLog, checkReader, type Entry } from "../../packages/core/test/room/check-log.ts"
import type { Person } from "./people.ts"
import type { Talker } from "./reader.ts"
import { entryOf } from "./room-client.ts"

/** The whole log as the service has it, by its REST route. */
export async function history(person: Person, room: string): Promise<Entry[]> {
  const log: Entry[] = []
  for (let before: number | undefined; ;) {
    const { status, body } = await person.call(
      `/rooms/${room}/messages?limit=100${before === undefined ? "" : `&before=${before}`}`,
    )
    if (status !== 200) throw new Error(`The history of ${room} answered ${status}: ${JSON.stringify(body)}`)
    log.unshift(...(body.items as Parameters<typeof entryOf>[0][]).map(entryOf))
    if (body.next === undefined) return log
    before = body.next
  }
}

export interface Verdict {
  /** Readers whose log is not the room's, to the last message. */
  wrong: number
  /** The first of what is wrong. */
  problems: string[]
  deliveries: number
  doubled: number
  late: number
  frames: number
}

/** Holds every reader's log against the room's, and the room's against what its senders were told. */
export function verdict(talkers: readonly Talker[], log: readonly Entry[], acks: readonly Ack[]): Verdict {
  const problems = checkLog(log, acks)
  if (log.length !== acks.length) problems.push(`${acks.length} acks, ${log.length} messages`)
  let wrong = 0
  for (const { reader } of talkers) {
    const found = checkReader(reader.log, log)
    if (found.length > 0) wrong++
    problems.push(...found.slice(0, 3))
  }
  for (const problem of problems.slice(0, 10)) console.error(`  wrong: ${problem}`)
  const sum = (of: (talker: Talker) => number) => talkers.reduce((total, talker) => total + of(talker), 0)
  return {
    wrong: wrong || (problems.length > 0 ? talkers.length : 0),
    problems,
    deliveries: sum(({ reader }) => reader.log.length),
    doubled: sum(({ reader }) => reader.doubled),
    late: sum(({ reader }) => reader.late),
    frames: sum(({ reader }) => reader.frames),
  }
}
