import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, truncateSync, writeSync } from "node:fs"
import { dirname } from "node:path"

/**
 * What an engine keeps between runs: one line of JSON per change, appended before the change is acknowledged. It outlives the
 * process (also SIGKILL), not the machine: nothing is flushed to the disk. A line that was cut short by a crash is dropped when the file is opened.
 */
export class Journal<Entry> {
  private handle: number
  /** Bytes of the file. */
  size = 0

  /** Opens or makes `file` and hands every entry in it to `replay`, oldest first. */
  constructor(
    private readonly file: string,
    replay: (entry: Entry) => void,
  ) {
    mkdirSync(dirname(file), { recursive: true })
    rmSync(`${file}.new`, { force: true })
    if (existsSync(file)) this.read(replay)
    this.handle = openSync(file, "a")
  }

  /** Appends; when it returns, the entry outlives this process. */
  append(entry: Entry): void {
    this.size += writeAll(this.handle, Buffer.from(`${JSON.stringify(entry)}\n`))
  }

  /** Puts `entries`, which say all that the file says, in its place. A crash in the middle leaves the old file. */
  rewrite(entries: Iterable<Entry>): void {
    const handle = openSync(`${this.file}.new`, "w")
    let size = 0
    for (const entry of entries) size += writeAll(handle, Buffer.from(`${JSON.stringify(entry)}\n`))
    closeSync(handle)
    closeSync(this.handle)
    renameSync(`${this.file}.new`, this.file)
    this.handle = openSync(this.file, "a")
    this.size = size
  }

  close(): void {
    closeSync(this.handle)
  }

  private read(replay: (entry: Entry) => void): void {
    const bytes = readFileSync(this.file)
    const whole = bytes.lastIndexOf(10) + 1
    if (whole < bytes.length) truncateSync(this.file, whole)
    this.size = whole
    for (let start = 0; start < whole;) {
      const end = bytes.indexOf(10, start)
      replay(JSON.parse(bytes.toString("utf8", start, end)) as Entry)
      start = end + 1
    }
  }
}

function writeAll(handle: number, bytes: Buffer): number {
  for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written)
  return bytes.length
}
