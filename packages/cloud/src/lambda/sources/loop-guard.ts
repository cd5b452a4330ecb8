import { until } from "../wait.ts"
import type { PollerParts } from "./poller.ts"

/** Batches between two looks at the call log. */
const EVERY = 100
const PAUSE_MS = 1_000

/**
 * Lambda stops no loop through a stream: a function that writes to the stream it reads runs until somebody notices the bill. Here it is
 * noticed: when for a hundred batches nobody else wrote to the stream, each further one waits a second, and the log says why.
 */
export class LoopGuard {
  private batches = 0
  private lastCall: number
  private isRunaway = false

  constructor(private readonly parts: PollerParts) {
    this.lastCall = parts.cloud.calls.since(0, Number.POSITIVE_INFINITY).at(-1)?.n ?? 0
  }

  /** After each batch. */
  async pass(): Promise<void> {
    const { cloud, signal } = this.parts
    if (++this.batches % EVERY === 0) this.look()
    if (this.isRunaway) await until(cloud, cloud.now() + PAUSE_MS, signal)
  }

  private look(): void {
    const { cloud, mapping, target } = this.parts
    const calls = cloud.calls.since(this.lastCall, Number.POSITIVE_INFINITY)
    this.lastCall = calls.at(-1)?.n ?? this.lastCall
    let own = 0
    let others = 0
    for (const { access, caller, status } of calls) {
      if (status >= 400 || !access.some(({ action, resource }) => isWrite(action) && holds(resource, mapping.sourceArn))) continue
      if (caller === target.spec.name) own++
      else others++
    }
    const was = this.isRunaway
    this.isRunaway = own >= EVERY && others === 0
    if (this.isRunaway && !was)
      cloud.log(
        "lambda",
        `${target.spec.name} writes to ${mapping.sourceArn}, which it reads, and for ${EVERY} batches nobody else did: a loop, which AWS does not stop. Here it goes on with one batch a second. Write elsewhere, or filter what the function wrote itself.`,
      )
  }
}

const isWrite = (action: string): boolean => /^(kinesis:Put|dynamodb:(Put|Update|Delete|BatchWrite|Transact))/.test(action)

/** A stream, or the table that a stream is of. */
const holds = (resource: string, sourceArn: string): boolean =>
  sourceArn === resource || sourceArn.startsWith(`${resource}/stream/`)
