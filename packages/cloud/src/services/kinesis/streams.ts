import { randomUUID } from "node:crypto"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { Journal } from "../../journal.ts"
import { AwsError } from "../../service.ts"
import { StreamFiles } from "./stream-files.ts"
import { Stream, type StreamOptions } from "./stream.ts"

type Entry = { made: StreamOptions } | { gone: string }

/** Streams that calls made; no stream can have this name. */
const MADE = "+made.jsonl"

/** All streams of one cloud. Made outside the service, because the sources of functions read from it in process. */
export class Streams {
  /** Sent by a reader in process as `x-backline-door`: its GetRecords is authorized and logged, and the records travel by reference. */
  readonly door = randomUUID()
  private folder: string | undefined
  private journal: Journal<Entry> | undefined
  private readonly byName = new Map<string, Stream>()

  /** Keeps all streams that are created from now on below `folder`, and takes up those that calls made. */
  keepIn(folder: string): void {
    this.folder = folder
    const made = new Map<string, StreamOptions>()
    this.journal = new Journal<Entry>(join(folder, MADE), (entry) => {
      if ("made" in entry) made.set(entry.made.name, entry.made)
      else made.delete(entry.gone)
    })
    for (const options of made.values()) this.create(options)
  }

  /** As create, for a stream of no template: it is there in the next run too. */
  make(options: StreamOptions): void {
    // First, so that a crash leaves no folder that nobody knows.
    this.journal?.append({ made: options })
    this.create(options)
  }

  /** A stream goes with its records. */
  remove(name: string): void {
    this.byName.get(name)?.close()
    this.byName.delete(name)
    this.journal?.append({ gone: name })
    if (this.folder !== undefined) rmSync(join(this.folder, name), { recursive: true, force: true })
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
    this.journal?.close()
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
