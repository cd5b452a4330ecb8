import type { Cloud } from "../service.ts"
import type { FunctionSpec } from "./function.ts"

const FLUSH_MS = 1_000
/** Lines that wait for the next flush, over all functions; more are counted and dropped. */
const MAX_WAITING = 20_000
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_EVENTS = 10_000
const MAX_BYTES = 1_000_000

interface Waiting {
  spec: FunctionSpec
  events: { timestamp: number; message: string }[]
}

/** Carries what functions write to their log groups, as the functions' own roles, at most once a second per log stream. */
export class LogSink {
  private readonly streams = new Map<string, Waiting>()
  private readonly created = new Set<string>()
  private readonly refused = new Set<string>()
  private count = 0
  private dropped = 0
  private timer: NodeJS.Timeout | undefined
  private flushing: Promise<void> = Promise.resolve()

  constructor(private readonly cloud: () => Cloud) {}

  add(spec: FunctionSpec, logStream: string, timestamp: number, message: string): void {
    if (this.refused.has(spec.name)) return
    if (this.count >= MAX_WAITING) {
      this.dropped++
      return
    }
    this.count++
    const waiting = this.streams.get(logStream)
    if (waiting) waiting.events.push({ timestamp, message })
    else this.streams.set(logStream, { spec, events: [{ timestamp, message }] })
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref()
  }

  /** Sends everything that waits. One flush at a time. */
  flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const batches = [...this.streams]
    this.streams.clear()
    this.count = 0
    if (this.dropped > 0)
      this.cloud().log("lambda", `${this.dropped} log lines were dropped: functions write faster than they are carried`)
    this.dropped = 0
    return (this.flushing = this.flushing.then(async () => {
      for (const [logStream, waiting] of batches)
        await this.send(logStream, waiting).catch((error: Error) =>
          this.cloud().log("lambda", `${waiting.spec.name}: its last log lines are lost. ${error.message}`),
        )
    }))
  }

  private async send(logStream: string, { spec, events }: Waiting): Promise<void> {
    const names = { logGroupName: spec.logGroup, logStreamName: logStream }
    if (!this.created.has(logStream) && !(await this.create(spec, names))) return
    for (let from = 0; from < events.length;) {
      let to = from
      for (let bytes = 0; to < events.length && to - from < MAX_EVENTS; to++) {
        bytes += events[to]!.message.length + 26
        if (bytes > MAX_BYTES && to > from) break
      }
      if (!(await this.call(spec, "PutLogEvents", { ...names, logEvents: events.slice(from, to) }))) return
      from = to
    }
  }

  private async create(spec: FunctionSpec, names: { logGroupName: string; logStreamName: string }): Promise<boolean> {
    this.created.add(names.logStreamName)
    const isMissing = (code: string) => code === "ResourceNotFoundException"
    if (await this.call(spec, "CreateLogStream", names, isMissing)) return true
    if (this.refused.has(spec.name)) return false
    return (
      (await this.call(spec, "CreateLogGroup", { logGroupName: names.logGroupName })) && this.call(spec, "CreateLogStream", names)
    )
  }

  /** Whether the call went through; a refusal that is not `expected` ends this function's log and is said once. */
  private async call(spec: FunctionSpec, operation: string, body: object, expected = (_code: string) => false): Promise<boolean> {
    const { status, json } = await this.cloud().call({
      service: "logs",
      target: `Logs_20140328.${operation}`,
      body,
      as: spec.name,
    })
    const code = String(json?.__type ?? "")
      .split("#")
      .at(-1)!
    if (status < 400 || code === "ResourceAlreadyExistsException") return true
    if (expected(code)) return false
    if (!this.refused.has(spec.name))
      this.cloud().log(
        "lambda",
        `${spec.name} writes no logs: logs:${operation} answered ${code}: ${String(json?.message ?? "")}`,
      )
    this.refused.add(spec.name)
    return false
  }
}
