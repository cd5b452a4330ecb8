import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, truncateSync, writevSync } from "node:fs"
import { join } from "node:path"
import { Segment } from "./segment.ts"

const SUFFIX = ".records"

/** A shard's records on disk: one file per segment, named by its first position, to which blocks are appended. */
export class ShardFiles {
  private open: { first: number; handle: number } | undefined

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true })
  }

  /** All segments, oldest first. What a crash cut short is removed: it was never acknowledged. */
  load(): Segment[] {
    const firsts = readdirSync(this.folder)
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => Number(name.slice(0, -SUFFIX.length)))
      .sort((a, b) => a - b)
    return firsts.map((first) => {
      const file = readFileSync(this.path(first))
      const segment = new Segment(first, file.length)
      const whole = segment.restore(file)
      if (whole < file.length) truncateSync(this.path(first), whole)
      return segment
    })
  }

  /** Appends the segment's records from index `from` on. */
  write(segment: Segment, from: number): void {
    if (from >= segment.count) return
    if (this.open?.first !== segment.first) {
      this.close()
      this.open = { first: segment.first, handle: openSync(this.path(segment.first), "a") }
    }
    const buffers = segment.block(from)
    const size = buffers.reduce((sum, { length }) => sum + length, 0)
    const written = writevSync(this.open.handle, buffers)
    // A full disk: what is in the file of this block is removed at the next start.
    if (written < size) throw new Error(`${this.path(segment.first)}: only ${written} of ${size} bytes could be written.`)
  }

  /** Makes the segment's file, empty. */
  mark({ first }: Segment): void {
    closeSync(openSync(this.path(first), "a"))
  }

  drop(segment: Segment): void {
    if (this.open?.first === segment.first) this.close()
    rmSync(this.path(segment.first), { force: true })
  }

  close(): void {
    if (this.open) closeSync(this.open.handle)
    this.open = undefined
  }

  private path(first: number): string {
    return join(this.folder, `${String(first).padStart(14, "0")}${SUFFIX}`)
  }
}
