import type { LaneShard } from "./lane-shard.ts"
import { AwsError } from "../../service.ts"
import { MAX_PAYLOAD_BYTES, type Ran } from "../runner.ts"
import { backOffMs, until } from "../wait.ts"
import { giveUp } from "./give-up.ts"
import { LoopGuard } from "./loop-guard.ts"
import { readBatchResponse } from "./partial.ts"
import type { PollerParts } from "./poller.ts"

/** During a batching window the clock is looked at this often, because it may be moved. */
const WINDOW_LOOK_MS = 100

interface Work {
  positions: number[]
  /** Failed invocations of exactly these records that count against the retry quota. */
  attempts: number
}

type Outcome =
  | { kind: "success" }
  | { kind: "throttled" }
  | { kind: "failed"; ran: Ran }
  | { kind: "partial"; from: number; ran: Ran }

/** Reads one shard (or, with a parallelization factor, the keys of it that hash to this lane) in order, one batch at a time. */
export class Lane {
  /** Everything of this lane before here is done. */
  position: number
  /** Set at the end of a closed shard. */
  drained = false
  private readonly guard: LoopGuard
  private wake: (() => void) | undefined
  /** End of the shard from which waiting is over. */
  private wakeAt = 0

  constructor(
    private readonly parts: PollerParts,
    readonly shard: LaneShard,
    private readonly lane: number,
    start: number,
  ) {
    this.position = start
    this.guard = new LoopGuard(parts)
    parts.signal.addEventListener("abort", () => this.wake?.(), { once: true })
  }

  /** How old the oldest record is that waits for this lane: what CloudWatch calls the iterator age. 0 where none waits. */
  ageMs(): number {
    const { parallelization } = this.parts.mapping
    for (let at = Math.max(this.position, this.shard.start); at < this.shard.end; at++) {
      const arrival = this.shard.arrival(at)
      if (arrival === 0 || (parallelization > 1 && this.shard.laneOf(at, parallelization) !== this.lane)) continue
      return Math.max(0, this.parts.cloud.now() - arrival)
    }
    return 0
  }

  /** New records, or the end of the shard. */
  changed(): void {
    if (this.shard.closed || this.shard.end >= this.wakeAt) this.wake?.()
  }

  async run(): Promise<void> {
    const { signal } = this.parts
    while (!signal.aborted) {
      const { positions, end } = await this.next()
      if (signal.aborted) return
      if (positions.length > 0) await this.process(positions)
      if (signal.aborted) return
      this.position = end
      this.shard.done?.()
      if (positions.length > 0) await this.guard.pass()
      if (signal.aborted) return
      if (this.shard.closed && end >= this.shard.end) {
        this.drained = true
        return
      }
    }
  }

  /** Waits for the next batch: full, or the batching window after its first record is over. */
  private async next(): Promise<{ positions: number[]; end: number }> {
    const { mapping, cloud, signal } = this.parts
    let windowEnd: number | undefined
    for (;;) {
      const found = this.collect()
      const done = this.shard.closed && found.end >= this.shard.end
      if (signal.aborted || done) return found
      if (found.positions.length > 0) {
        windowEnd ??= cloud.now() + mapping.windowMs
        if (found.full || cloud.now() >= windowEnd) return found
      } else this.position = found.end
      if (windowEnd === undefined) await this.pause(this.shard.end + 1)
      else await this.pause(this.position + mapping.batchSize, Math.min(WINDOW_LOOK_MS, windowEnd - cloud.now()))
      // Puts of the same turn of the event loop come together.
      await new Promise(setImmediate)
    }
  }

  /** Waits until the shard has grown to `wakeAt`, was closed, or `ms` are over. */
  private pause(wakeAt: number, ms?: number): Promise<void> {
    this.wakeAt = wakeAt
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms).unref()
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private collect(): { positions: number[]; end: number; full: boolean } {
    const { batchSize, parallelization, filter } = this.parts.mapping
    const positions: number[] = []
    let bytes = 0
    let end = Math.max(this.position, this.shard.start)
    for (; end < this.shard.end; end++) {
      if (this.shard.arrival(end) === 0) continue
      if (parallelization > 1 && this.shard.laneOf(end, parallelization) !== this.lane) continue
      if (filter.isOn && !filter.passes(this.shard.content(end))) continue
      bytes += this.shard.eventBytes(end)
      if (positions.length > 0 && bytes > MAX_PAYLOAD_BYTES) return { positions, end, full: true }
      positions.push(end)
      if (positions.length === batchSize) return { positions, end: end + 1, full: true }
    }
    return { positions, end, full: false }
  }

  /** Invokes until every record is done: processed, or given up and reported. */
  private async process(positions: number[]): Promise<void> {
    const { mapping, cloud, signal } = this.parts
    if (!(await this.authorize(positions))) return
    const stack: Work[] = [{ positions, attempts: 0 }]
    for (let failures = 0, work = stack.pop(); work && !signal.aborted; work = stack.pop()) {
      const alive = await this.withoutTooOld(work)
      if (alive.positions.length === 0 || this.shard.arrival(alive.positions.at(-1)!) === 0) continue
      const outcome = await this.invoke(alive.positions)
      if (signal.aborted) return
      if (outcome.kind === "success") {
        failures = 0
        continue
      }
      if (outcome.kind === "partial" && outcome.from > 0)
        stack.push({ positions: alive.positions.slice(outcome.from), attempts: 0 })
      else if (outcome.kind === "throttled") stack.push(alive)
      else if (mapping.bisect && alive.positions.length > 1) {
        // Splitting does not count against the retry quota.
        const middle = Math.ceil(alive.positions.length / 2)
        stack.push(
          { ...alive, positions: alive.positions.slice(middle) },
          { ...alive, positions: alive.positions.slice(0, middle) },
        )
      } else if (alive.attempts >= mapping.maxRetries) {
        await giveUp(this.parts, this.shard, alive.positions, "RetryAttemptsExhausted", alive.attempts + 1, outcome.ran)
        continue
      } else stack.push({ ...alive, attempts: alive.attempts + 1 })
      await until(cloud, cloud.now() + backOffMs(failures++), signal)
    }
  }

  private async invoke(positions: number[]): Promise<Outcome> {
    const { mapping, target, runner } = this.parts
    try {
      const ran = await runner.run(mapping.function, this.shard.event(positions))
      if (ran.error) return { kind: "failed", ran }
      const verdict = mapping.partial ? readBatchResponse(ran.payload) : "success"
      if (verdict === "success") return { kind: "success" }
      if (verdict === "failure") return { kind: "failed", ran }
      const failed = verdict.failed.map((sequence) => positions.indexOf(this.shard.positionOf(sequence) ?? -1))
      return failed.includes(-1) ? { kind: "failed", ran } : { kind: "partial", from: Math.min(...failed), ran }
    } catch (thrown) {
      if (!(thrown instanceof AwsError)) throw thrown
      if (thrown.status === 429) return { kind: "throttled" }
      return {
        kind: "failed",
        ran: {
          requestId: "",
          version: target.version,
          error: { errorType: thrown.code, errorMessage: thrown.message, trace: [] },
        },
      }
    }
  }

  /** Gives up the leading records that are older than the mapping allows. */
  private async withoutTooOld(work: Work): Promise<Work> {
    const { mapping, cloud } = this.parts
    if (mapping.maxAgeMs === Infinity) return work
    const oldest = cloud.now() - mapping.maxAgeMs
    const firstYoung = work.positions.findIndex((position) => this.shard.arrival(position) >= oldest)
    const old = firstYoung < 0 ? work.positions : work.positions.slice(0, firstYoung)
    if (old.length === 0) return work
    await giveUp(this.parts, this.shard, old, "RecordAgeExceeded", work.attempts)
    return { ...work, positions: work.positions.slice(old.length) }
  }

  /** Repeats the read while it is refused, as Lambda's poller does; false when the cloud stops first. */
  private async authorize(positions: number[]): Promise<boolean> {
    const { cloud, signal, target } = this.parts
    for (let failures = 0; !signal.aborted; failures++) {
      const { status, json } = await this.shard.read(positions)
      if (status < 400) return true
      if (failures === 0)
        cloud.log(
          "lambda",
          `${target.spec.name} cannot read ${this.shard.streamName}: ${String(json?.__type)}: ${String(json?.message)}`,
        )
      await until(cloud, cloud.now() + backOffMs(failures + 4), signal)
    }
    return false
  }
}
