import { AwsError } from "../../service.ts"

/** Calls a second of each kind, unless a queue limits by group: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html */
const CALLS_A_SECOND = 300

/** Counts the calls of the running second of one FIFO queue, by kind. */
export class Throughput {
  private second = -1
  private calls = new Map<string, number>()

  /** Counts a call; throws when this second has no room for it. */
  take(kind: string, now: number): void {
    const second = Math.floor(now / 1000)
    if (second !== this.second) {
      this.second = second
      this.calls = new Map()
    }
    const calls = (this.calls.get(kind) ?? 0) + 1
    if (calls > CALLS_A_SECOND)
      throw new AwsError(
        "RequestThrottled",
        `A FIFO queue answers ${CALLS_A_SECOND} calls of ${kind} a second: use batches, or FifoThroughputLimit perMessageGroupId.`,
        403,
      )
    this.calls.set(kind, calls)
  }
}
