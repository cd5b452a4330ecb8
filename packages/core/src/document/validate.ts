import * as Y from "yjs"
import { AppError } from "../error.ts"
import { UPDATE_BYTES, VECTOR_BYTES } from "./limits.ts"

/** Structs and deleted ranges of one update: a struct needs two bytes on the wire and a hundred in memory. A keystroke is one, a paste of 1 MB is one. */
const MAX_STRUCTS = 200_000
/** Everybody who ever wrote into what is sent at once; merging is quadratic in those who wrote at the same place. */
const MAX_CLIENTS = 1_000
/** Of values inside values. Reading them is recursive, and so is writing them again, which needs a deeper stack. */
const MAX_DEPTH = 64

const refused = (why: string, cause?: unknown) =>
  new AppError("input", "input.update", `This is no update that a document can take: ${why}.`, { cause })

class Bounded extends Y.UpdateDecoderV1 {
  private count = 0
  private step(): void {
    if (++this.count > MAX_STRUCTS) throw refused(`it has more than ${MAX_STRUCTS} changes; send it in several updates`)
  }
  override readInfo(): number {
    this.step()
    return super.readInfo()
  }
  override readDsLen(): number {
    this.step()
    return super.readDsLen()
  }
}

/** Looks into lists and maps level by level, without recursion. */
function isDeep(value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true
    level = level.flatMap((each) =>
      typeof each === "object" && each !== null && !(each instanceof Uint8Array) ? Object.values(each) : [],
    )
  }
  return false
}

const VALUES = ["arr", "embed", "value", "opts"] as const

/**
 * Throws `input.update` unless the bytes are a Yjs update (v1) that every replica can read, merge and write again: decoded with bounds on count and
 * depth, then tried on an empty document. `limit.size` above 8 MB.
 */
export function checkUpdate(update: Uint8Array): void {
  if (update.byteLength > UPDATE_BYTES)
    throw new AppError("limit", "limit.size", "An update has at most 8 MB. Send several smaller ones.")
  try {
    const { structs, ds } = Y.decodeUpdateV2(update, Bounded)
    if (structs.length === 0 && ds.clients.size === 0) throw refused("it changes nothing")
    const clients = new Set(structs.map(({ id }) => id.client))
    if (clients.size > MAX_CLIENTS) throw refused(`more than ${MAX_CLIENTS} clients wrote it`)
    for (const struct of structs) {
      const { content } = struct as { content?: Partial<Record<(typeof VALUES)[number], unknown>> }
      if (content && VALUES.some((name) => isDeep(content[name]))) throw refused(`a value is nested more than ${MAX_DEPTH} deep`)
    }
    const trial = new Y.Doc()
    Y.applyUpdate(trial, update)
    trial.destroy()
  } catch (error) {
    throw error instanceof AppError ? error : refused("its bytes cannot be decoded", error)
  }
}

/** Throws `input.vector` unless the bytes are a Yjs state vector. */
export function checkVector(vector: Uint8Array): void {
  try {
    if (vector.byteLength > VECTOR_BYTES) throw new Error("too long")
    Y.decodeStateVector(vector)
  } catch (cause) {
    throw new AppError("input", "input.vector", "This is no state vector of Yjs. Leave it out to get the whole document.", {
      cause,
    })
  }
}
