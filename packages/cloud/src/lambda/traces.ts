import type { Cloud } from "../service.ts"
import type { FunctionSpec } from "./function.ts"

const FLUSH_MS = 1_000
/** Lambda records the first request of each second and 5 % of the others: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
const ONE_OF = 20
const SECOND_MS = 1_000
/** Segments that wait for the next flush; more are counted as spilled. */
const MAX_WAITING = 1_000
/** https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html */
const MAX_SEGMENTS = 50

interface Invocation {
  requestId: string
  /** Epoch milliseconds. */
  at: number
  durationMs: number
  failed: boolean
}

interface Waiting {
  spec: FunctionSpec
  segments: string[]
  received: number
  spilled: number
}

/** A segment document: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
function segmentOf({ name, arn }: FunctionSpec, { requestId, at, durationMs, failed }: Invocation): string {
  const id = requestId.replaceAll("-", "")
  const seconds = Math.floor(at / 1000)
    .toString(16)
    .padStart(8, "0")
  return JSON.stringify({
    name,
    id: id.slice(16),
    trace_id: `1-${seconds}-${id.slice(0, 24)}`,
    start_time: at / 1000,
    end_time: (at + durationMs) / 1000,
    origin: "AWS::Lambda::Function",
    resource_arn: arn,
    aws: { request_id: requestId, function_arn: arn },
    ...(failed && { fault: true }),
  })
}

/** Carries the traces of functions whose tracing is active to X-Ray, as the functions' own roles, at most once a second. */
export class TraceSink {
  private readonly waiting = new Map<string, Waiting>()
  private readonly sampled = new Map<string, { second: number; since: number }>()
  private readonly refused = new Set<string>()
  private timer: NodeJS.Timeout | undefined
  private flushing: Promise<void> = Promise.resolve()

  constructor(private readonly cloud: () => Cloud) {}

  add(spec: FunctionSpec, invocation: Invocation): void {
    if (!spec.traced || this.refused.has(spec.name) || !this.isSampled(spec.name, invocation.at)) return
    const waiting = this.waiting.get(spec.name) ?? { spec, segments: [], received: 0, spilled: 0 }
    this.waiting.set(spec.name, waiting)
    waiting.received++
    if (waiting.segments.length < MAX_WAITING) waiting.segments.push(segmentOf(spec, invocation))
    else waiting.spilled++
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref()
  }

  /** Sends everything that waits. One flush at a time. */
  flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const batches = [...this.waiting.values()]
    this.waiting.clear()
    return (this.flushing = this.flushing.then(async () => {
      for (const batch of batches)
        await this.send(batch).catch((error: Error) =>
          this.cloud().log("lambda", `${batch.spec.name}: its last traces are lost. ${error.message}`),
        )
    }))
  }

  private isSampled(name: string, at: number): boolean {
    const second = Math.floor(at / SECOND_MS)
    const last = this.sampled.get(name)
    const since = last?.second === second ? last.since + 1 : 0
    this.sampled.set(name, { second, since })
    return since % ONE_OF === 0
  }

  private async send({ spec, segments, received, spilled }: Waiting): Promise<void> {
    for (let from = 0; from < segments.length; from += MAX_SEGMENTS) {
      const TraceSegmentDocuments = segments.slice(from, from + MAX_SEGMENTS)
      if (!(await this.call(spec, "/TraceSegments", { TraceSegmentDocuments }))) return
    }
    const counts = { SegmentsReceivedCount: received, SegmentsSentCount: segments.length, SegmentsSpilloverCount: spilled }
    const record = { Timestamp: this.cloud().now() / 1000, ...counts, SegmentsRejectedCount: 0 }
    await this.call(spec, "/TelemetryRecords", { TelemetryRecords: [record] })
  }

  private async call(spec: FunctionSpec, path: string, body: object): Promise<boolean> {
    const { status, json } = await this.cloud().call({ service: "xray", path, body, as: spec.name })
    if (status < 400) return true
    if (!this.refused.has(spec.name))
      this.cloud().log("lambda", `${spec.name} writes no traces: X-Ray answered ${String(json?.message ?? status)}`)
    this.refused.add(spec.name)
    return false
  }
}
