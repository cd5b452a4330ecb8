import type { Cloud } from "../../service.ts"
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
  private readonly pollers: { mapping: Mapping; poller: Poller }[] = []

  constructor(private readonly parts: Parts) {}

  /** Starts them all; rejects where a role may not read its source. */
  async start(): Promise<void> {
    const cloud = this.parts.cloud()
    const mappings = cloud
      .resources("AWS::Lambda::EventSourceMapping")
      .map(readMapping)
      .filter(({ enabled }) => enabled)
    for (const mapping of mappings) {
      const target = this.parts.registry.resolve(mapping.function)
      const parts = { ...this.parts, cloud, mapping, target, signal: this.stopping.signal }
      const poller = mapping.sourceArn.includes(":kinesis:")
        ? kinesisPoller(parts)
        : mapping.sourceArn.includes(":dynamodb:")
          ? dynamodbPoller(parts)
          : sqsPoller(parts)
      await poller.start()
      this.pollers.push({ mapping, poller })
    }
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
