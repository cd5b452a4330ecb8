import type { Cloud, Resource } from "../../service.ts"
import type { Streams } from "../../services/kinesis/index.ts"
import type { Registry } from "../registry.ts"
import type { Runner } from "../runner.ts"
import { dynamodbPoller } from "./dynamodb.ts"
import { kinesisPoller } from "./kinesis.ts"
import { type Mapping, readMapping } from "./mapping.ts"
import type { Poller } from "./poller.ts"
import { sqsPoller } from "./sqs.ts"

interface Parts {
  cloud: () => Cloud
  registry: Registry
  runner: Runner
  streams: Streams
}

/** The pollers of all event source mappings of the templates. */
export class Sources {
  private readonly stopping = new AbortController()
  private pollers: { mapping: Mapping; poller: Poller; stop(): void }[] = []

  constructor(private readonly parts: Parts) {}

  /** Starts those that are not running yet; rejects where a role may not read its source. */
  async start(): Promise<void> {
    const mappings = this.parts
      .cloud()
      .resources("AWS::Lambda::EventSourceMapping")
      .map(readMapping)
      .filter(({ id, enabled }) => enabled && !this.pollers.some(({ mapping }) => mapping.id === id))
    for (const mapping of mappings) await this.poll(mapping)
  }

  /** Sizes, windows and retries change under the poller, which keeps its position; a queue's poller may also start anew. */
  async update(resource: Resource): Promise<void> {
    const next = readMapping(resource)
    const running = this.pollers.find(({ mapping }) => mapping.id === next.id)
    if (!running) return next.enabled ? this.poll(next) : undefined
    const { mapping } = running
    const isOther =
      mapping.sourceArn !== next.sourceArn ||
      mapping.function !== next.function ||
      mapping.parallelization !== next.parallelization ||
      !next.enabled
    if (!isOther) return void Object.assign(mapping, next)
    if (!mapping.sourceArn.includes(":sqs:"))
      throw new Error(
        "EventSourceArn, FunctionName, ParallelizationFactor and Enabled of a stream's mapping change at a restart.",
      )
    this.remove(mapping.id)
    if (next.enabled) await this.poll(next)
  }

  /** What is under way is finished. */
  remove(id: string): void {
    this.pollers.find(({ mapping }) => mapping.id === id)?.stop()
    this.pollers = this.pollers.filter(({ mapping }) => mapping.id !== id)
  }

  private async poll(mapping: Mapping): Promise<void> {
    const cloud = this.parts.cloud()
    const own = new AbortController()
    const target = this.parts.registry.resolve(mapping.function)
    const parts = { ...this.parts, cloud, mapping, target, signal: AbortSignal.any([this.stopping.signal, own.signal]) }
    const poller = mapping.sourceArn.includes(":kinesis:")
      ? kinesisPoller(parts)
      : mapping.sourceArn.includes(":dynamodb:")
        ? dynamodbPoller(parts)
        : sqsPoller(parts)
    await poller.start()
    this.pollers.push({ mapping, poller, stop: () => own.abort() })
  }

  stop(): void {
    this.stopping.abort()
  }

  state(): unknown {
    return this.pollers.map(({ mapping, poller }) => ({
      id: mapping.id,
      function: mapping.function,
      source: mapping.sourceArn,
      state: poller.state(),
    }))
  }
}
