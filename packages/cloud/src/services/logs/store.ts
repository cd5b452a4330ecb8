import { AwsError } from "../../service.ts"

export interface LogEvent {
  timestamp: number
  message: string
}

export interface Stored extends LogEvent {
  ingestionTime: number
  stream: string
  /** Position in its group, from 1; never given twice. */
  n: number
}

interface Group {
  streams: Map<string, { creationTime: number }>
  events: Stored[]
  next: number
}

/** Enough to look back over a session; older events of a group fall out. */
const EVENTS_PER_GROUP = 10_000
/** Worker restarts make streams; the oldest are forgotten with their names only. */
const STREAMS_PER_GROUP = 1_000

const missing = (what: string) => new AwsError("ResourceNotFoundException", `The specified log ${what} does not exist.`)

/** Log groups in memory, each bounded. */
export function logStore() {
  const groups = new Map<string, Group>()
  const group = (name: string): Group => {
    const found = groups.get(name)
    if (!found) throw missing("group")
    return found
  }

  return {
    group,
    groups,
    createGroup(name: string): void {
      if (groups.has(name)) throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
      groups.set(name, { streams: new Map(), events: [], next: 1 })
    },
    createStream(groupName: string, stream: string, now: number): void {
      const { streams } = group(groupName)
      if (streams.has(stream)) throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists")
      streams.set(stream, { creationTime: now })
      if (streams.size > STREAMS_PER_GROUP) streams.delete(streams.keys().next().value!)
    },
    put(groupName: string, stream: string, events: readonly LogEvent[], now: number): void {
      const target = group(groupName)
      if (!target.streams.has(stream)) throw missing("stream")
      for (const { timestamp, message } of events)
        target.events.push({ timestamp, message, ingestionTime: now, stream, n: target.next++ })
      if (target.events.length > EVENTS_PER_GROUP * 1.1) target.events.splice(0, target.events.length - EVENTS_PER_GROUP)
    },
  }
}

export type LogStore = ReturnType<typeof logStore>
