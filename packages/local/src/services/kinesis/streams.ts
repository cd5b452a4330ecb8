import { randomUUID } from "node:crypto"
import { AwsError } from "../../service.ts"
import { Stream, type StreamOptions } from "./stream.ts"

/** All streams of one cloud. Made outside the service, because the sources of functions read from it in process. */
export class Streams {
  /** Sent by a reader in process as `x-backline-door`: its GetRecords is authorized and logged, and the records travel by reference. */
  readonly door = randomUUID()
  private readonly byName = new Map<string, Stream>()

  create(options: StreamOptions): Stream {
    const stream = new Stream(options)
    this.byName.set(options.name, stream)
    return stream
  }

  find(name: string): Stream | undefined {
    return this.byName.get(name)
  }

  get(name: string, account: string): Stream {
    const stream = this.byName.get(name)
    if (!stream) throw new AwsError("ResourceNotFoundException", `Stream ${name} under account ${account} not found.`)
    return stream
  }

  all(): Stream[] {
    return [...this.byName.values()]
  }
}
