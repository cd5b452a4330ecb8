import { randomUUID } from "node:crypto"
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { type FileHandle, open, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isAlive } from "../../../process.ts"
import type { Piece } from "./records.ts"

/** Without a data folder all but large blobs stay in memory, this many bytes of them; everything else is a file. */
const MEMORY = { blobBytes: 8 * 1_048_576, allBytes: 256 * 1_048_576 }
/** Answers up to this size are read at once, larger ones in chunks of it while they are sent. */
const CHUNK_BYTES = 1_048_576
const TEMPORARY = "backline-s3-"
const UNFINISHED = "new"

/** The bytes of objects and parts, each blob written once and never changed; it goes when nobody holds it any more. */
export class Blobs {
  private folder: string | undefined
  /** Subfolders that exist. */
  private readonly made = new Set<string>()
  private readonly holds = new Map<string, number>()
  private readonly memory = new Map<string, Buffer>()
  private memoryBytes = 0
  /** While a journal is read, holds are only counted. */
  private isOpen = false
  /** Removals under way, so that close() leaves nothing half done. */
  private readonly removing = new Set<Promise<void>>()

  /** Keeps blobs in `data`; without it, in memory and in a temporary folder that goes with this process. */
  constructor(private readonly data?: string) {
    if (data === undefined) removeLeftBehind()
    else {
      this.folder = data
      rmSync(join(data, UNFINISHED), { recursive: true, force: true })
      mkdirSync(data, { recursive: true })
    }
  }

  /** Stores bytes and resolves to their piece, which the caller holds. No bytes, no piece. */
  async write(bytes: Buffer): Promise<Piece[]> {
    if (bytes.length === 0) return []
    const blob = randomUUID().replaceAll("-", "")
    this.hold(blob)
    if (!this.data && bytes.length <= MEMORY.blobBytes && this.memoryBytes + bytes.length <= MEMORY.allBytes) {
      // A copy, because small request bodies are views on buffers that are shared with other requests.
      this.memory.set(blob, Buffer.from(bytes))
      this.memoryBytes += bytes.length
    } else {
      const unfinished = join(this.subfolder(UNFINISHED), blob)
      try {
        await writeFile(unfinished, bytes)
        await rename(unfinished, join(this.subfolder(blob.slice(0, 2)), blob))
      } catch (error) {
        await rm(unfinished, { force: true })
        this.release(blob)
        throw error
      }
    }
    return [{ blob, start: 0, size: bytes.length }]
  }

  hold(blob: string): void {
    this.holds.set(blob, (this.holds.get(blob) ?? 0) + 1)
  }

  release(blob: string): void {
    const held = (this.holds.get(blob) ?? 0) - 1
    if (held > 0) return void this.holds.set(blob, held)
    this.holds.delete(blob)
    if (!this.isOpen) return
    const bytes = this.memory.get(blob)
    if (bytes) {
      this.memory.delete(blob)
      this.memoryBytes -= bytes.length
      return
    }
    const removed: Promise<void> = rm(this.file(blob), { force: true })
      .catch(() => {})
      .then(() => void this.removing.delete(removed))
    this.removing.add(removed)
  }

  /** Bytes `start` to `end` (exclusive) of the pieces in a row: whole when they are few, else a stream that holds its blobs until it ends. */
  async read(pieces: readonly Piece[], start: number, end: number): Promise<Buffer | AsyncGenerator<Buffer>> {
    const wanted = slice(pieces, start, end)
    for (const { blob } of wanted) this.hold(blob)
    const release = () => wanted.forEach(({ blob }) => this.release(blob))
    if (end - start > CHUNK_BYTES) return this.stream(wanted, release)
    try {
      const parts = await Promise.all(wanted.map((piece) => this.bytesOf(piece)))
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    } finally {
      release()
    }
  }

  private async bytesOf({ blob, start, size }: Piece): Promise<Buffer> {
    const bytes = this.memory.get(blob)
    if (bytes) return bytes.subarray(start, start + size)
    const handle = await open(this.file(blob))
    try {
      return await readAt(handle, start, size)
    } finally {
      await handle.close()
    }
  }

  private stream(pieces: readonly Piece[], release: () => void): AsyncGenerator<Buffer> {
    const read = (blob: string) => this.memory.get(blob) ?? open(this.file(blob))
    return (async function* () {
      try {
        for (const { blob, start, size } of pieces) {
          const source = await read(blob)
          if (Buffer.isBuffer(source)) {
            yield source.subarray(start, start + size)
            continue
          }
          try {
            for (let at = 0; at < size; at += CHUNK_BYTES)
              yield await readAt(source, start + at, Math.min(CHUNK_BYTES, size - at))
          } finally {
            await source.close()
          }
        }
      } finally {
        release()
      }
    })()
  }

  /** Ends the counting and removes the files that nobody holds: bytes whose change was never written down, because the process died in between. */
  sweep(): void {
    this.isOpen = true
    for (const first of this.folder ? readdirSync(this.folder) : [])
      for (const blob of readdirSync(join(this.folder!, first)))
        if (!this.holds.has(blob)) rmSync(join(this.folder!, first, blob), { force: true })
  }

  async close(): Promise<void> {
    await Promise.all(this.removing)
    if (this.data === undefined && this.folder) rmSync(this.folder, { recursive: true, force: true })
  }

  private subfolder(name: string): string {
    this.folder ??= mkdtempSync(join(tmpdir(), `${TEMPORARY}${process.pid}-`))
    const folder = join(this.folder, name)
    if (!this.made.has(name)) mkdirSync(folder, { recursive: true })
    this.made.add(name)
    return folder
  }

  /** Of a blob that was written to a file. */
  private file(blob: string): string {
    return join(this.folder!, blob.slice(0, 2), blob)
  }
}

async function readAt(handle: FileHandle, position: number, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size)
  for (let done = 0; done < size;) {
    const { bytesRead } = await handle.read(bytes, done, size - done, position + done)
    if (bytesRead === 0) throw new Error(`A stored object ends ${size - done} bytes early: its file was changed from outside.`)
    done += bytesRead
  }
  return bytes
}

/** The pieces that make bytes `start` to `end` (exclusive) of `pieces` in a row. */
export function slice(pieces: readonly Piece[], start: number, end: number): Piece[] {
  const cut: Piece[] = []
  let offset = 0
  for (const { blob, start: begin, size } of pieces) {
    const from = Math.max(start - offset, 0)
    const to = Math.min(end - offset, size)
    if (from < to) cut.push({ blob, start: begin + from, size: to - from })
    offset += size
  }
  return cut
}

/** Temporary folders of processes that were killed. */
function removeLeftBehind(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${TEMPORARY}(\\d+)-`).exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}
