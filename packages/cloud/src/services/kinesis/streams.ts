import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { AwsError } from "../../service.ts"
import { StreamFiles } from "./stream-files.ts"
import { Stream, type StreamOptions } from "./stream.ts"

/** All streams of one cloud. Made outside the service, because the sources of functions read from it in process. */
export class Streams {
  /** Sent by a reader in process as `x-backline-door`: its GetRecords is authorized and logged, and the records travel by reference. */
  readonly door = randomUUID()
  private folder: string | undefined
  private readonly byName = new Map<string, Stream>()

  /** Keeps all streams that are created from now on below `folder`. */
  keepIn(folder: string): void {
    this.folder = folder
  }

  /** Makes a stream; one that an earlier run left in the folder goes on with its records, and takes over retention and shard count. */
  create(options: StreamOptions): Stream {
    this.byName.get(options.name)?.close()
    const files = this.folder === undefined ? undefined : new StreamFiles(join(this.folder, options.name))
    const stream = new Stream(options, files)
    this.byName.set(options.name, stream)
    return stream
  }

  close(): void {
    for (const stream of this.byName.values()) stream.close()
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
