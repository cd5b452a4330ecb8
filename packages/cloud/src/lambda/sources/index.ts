import type { Cloud, Resource } from "../../service.ts"
import type { Streams } from "../../services/kinesis/index.ts"
import type { Registry } from "../registry.ts"
import type { Runner } from "../runner.ts"
import { backOffMs, until } from "../wait.ts"
import { dynamodbPoller } from "./dynamodb.ts"
import { kinesisPoller } from "./kinesis.ts"
import { type Mapping, readMapping } from "./mapping.ts"
import type { Poller, PollerParts } from "./poller.ts"
import { Positions } from "./positions.ts"
import { sqsPoller } from "./sqs.ts"

interface Parts {
  cloud: () => Cloud
  registry: Registry
  runner: Runner
  streams: Streams
}

type MakePoller = (parts: PollerParts & { streams: Streams }) => Poller

const POLLERS: Readonly<Record<string, MakePoller>> = { kinesis: kinesisPoller, dynamodb: dynamodbPoller, sqs: sqsPoller }

interface Running {
  mapping: Mapping
  poller: Poller
  /** Ends this poller; what it was doing is not finished for it. */
  own: AbortController
}

/** The pollers of all event source mappings of the templates. A poller that dies is followed by one that goes on where it was. */
export class Sources {
  private readonly stopping = new AbortController()
  private running: Running[] = []
  private readonly positions = new Map<string, Positions>()

  constructor(private readonly parts: Parts) {}

  /** Starts those that are not running yet; rejects where a role may not read its source. */
  async start(): Promise<void> {
    const mappings = this.parts
      .cloud()
      .resources("AWS::Lambda::EventSourceMapping")
      .map(readMapping)
      .filter(({ id, enabled }) => enabled && !this.running.some(({ mapping }) => mapping.id === id))
    for (const mapping of mappings) await this.poll(mapping)
  }

  /** Sizes, windows and retries change under the poller, which keeps its position; a queue's poller may also start anew. */
  async update(resource: Resource): Promise<void> {
    const next = readMapping(resource)
    const running = this.running.find(({ mapping }) => mapping.id === next.id)
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

  remove(id: string): void {
    this.running.find(({ mapping }) => mapping.id === id)?.own.abort()
    this.running = this.running.filter(({ mapping }) => mapping.id !== id)
  }

  /**
   * Ends the pollers whose id, function or source contains `part`, in the middle of whatever they do, as AWS's pollers die and move: what
   * they had not noted as done comes again. Returns how many there were.
   */
  kill(part: string): number {
    const victims = this.running.filter(({ mapping }) =>
      [mapping.id, mapping.function, mapping.sourceArn].some((name) => name.includes(part)),
    )
    for (const each of victims) this.replace(each)
    return victims.length
  }

  stop(): void {
    this.stopping.abort()
    for (const each of this.positions.values()) each.close()
  }

  state(): unknown {
    return this.running.map(({ mapping, poller }) => ({
      id: mapping.id,
      function: mapping.function,
      source: mapping.sourceArn,
      state: poller.state(),
    }))
  }

  private positionsOf(id: string): Positions {
    const known = this.positions.get(id) ?? new Positions(this.parts.cloud().data, id)
    this.positions.set(id, known)
    return known
  }

  private async poll(mapping: Mapping): Promise<void> {
    const own = new AbortController()
    const parts = {
      ...this.parts,
      cloud: this.parts.cloud(),
      mapping,
      target: this.parts.registry.resolve(mapping.function),
      signal: AbortSignal.any([this.stopping.signal, own.signal]),
      positions: this.positionsOf(mapping.id),
      crashed: (error: unknown) => this.crashed(running, error),
    }
    const running: Running = { mapping, own, poller: POLLERS[mapping.sourceArn.split(":")[2]!]!(parts) }
    await running.poller.start()
    this.running.push(running)
  }

  private crashed(running: Running, error: unknown): void {
    if (running.own.signal.aborted || this.stopping.signal.aborted) return
    const { mapping } = running
    this.parts
      .cloud()
      .log("lambda", `the poller of ${mapping.sourceArn} for ${mapping.function} died and starts again: ${String(error)}`)
    this.replace(running)
  }

  private replace(running: Running): void {
    const { mapping, own } = running
    own.abort()
    this.running = this.running.filter((each) => each !== running)
    void this.revive(mapping)
  }

  /** Starts another poller, however often that fails. */
  private async revive(mapping: Mapping): Promise<void> {
    const cloud = this.parts.cloud()
    const { signal } = this.stopping
    for (let failures = 0; !signal.aborted; failures++) {
      await until(cloud, cloud.now() + backOffMs(failures), signal)
      // Another one started meanwhile, or the mapping went.
      if (signal.aborted || this.running.some((each) => each.mapping.id === mapping.id)) return
      if (!cloud.find("AWS::Lambda::EventSourceMapping", mapping.id)) return
      try {
        return await this.poll(mapping)
      } catch (error) {
        if (failures === 0) cloud.log("lambda", `${mapping.function} cannot read ${mapping.sourceArn}: ${String(error)}`)
      }
    }
  }
}
