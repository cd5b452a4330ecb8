import * as Y from "yjs"
import { fromBase64, toBase64 } from "../documents/base64.ts"
import type { Chaos } from "./chaos.ts"
import { createFakeNetwork, type FakeConnection, type Frame } from "./fake-network.ts"

/** Small, so that tests have pages. */
const PAGE_BYTES = 600

interface Upload {
  clientId: string
  update: string
  part?: number
  of?: number
}

/** One document of a service that keeps the contract. */
export function createFakeDocument(chaos: Chaos) {
  const network = createFakeNetwork(chaos, act)
  const log: Uint8Array[] = []
  const sent = new Map<string, number>()
  const parts = new Map<string, Uint8Array>()
  const pages = new Map<string, Uint8Array>()
  let joins = 0

  function page(key: string, at: number, seq: number): object {
    const bytes = pages.get(key)!
    const part = at / PAGE_BYTES + 1
    const of = Math.ceil(bytes.length / PAGE_BYTES)
    const more = part < of ? { next: JSON.stringify([key, at + PAGE_BYTES, seq]) } : {}
    return { doc: "doc_1", epoch: "e", seq, update: toBase64(bytes.slice(at, at + PAGE_BYTES)), part, of, ...more }
  }

  function join(connection: FakeConnection, vector: string | undefined, next: string | undefined): object {
    connection.joined = true
    joins++
    if (next !== undefined) return page(...(JSON.parse(next) as [string, number, number]))
    const all = log.length > 0 ? Y.mergeUpdates(log) : Uint8Array.of(0, 0)
    const update = vector === undefined ? all : Y.diffUpdate(all, fromBase64(vector))
    if (update.length <= PAGE_BYTES) return { doc: "doc_1", epoch: "e", seq: log.length, update: toBase64(update) }
    const key = String(pages.size)
    pages.set(key, update)
    return page(key, 0, log.length)
  }

  function store(connection: FakeConnection, { clientId, update, part = 1, of = 1 }: Upload): object {
    parts.set(`${clientId} ${part}`, fromBase64(update))
    if (part < of) return { part }
    const keys = Array.from({ length: of }, (_, index) => `${clientId} ${index + 1}`)
    const missing = keys.flatMap((key, index) => (parts.has(key) ? [] : [index + 1]))
    if (missing.length > 0) return { part, missing }
    const known = sent.get(clientId)
    if (known !== undefined) return { seq: known }
    const whole = Uint8Array.from(keys.flatMap((key) => [...parts.get(key)!]))
    log.push(whole)
    sent.set(clientId, log.length)
    const told = whole.length <= PAGE_BYTES ? { update: toBase64(whole) } : { bytes: whole.length }
    if (!service.isSilent) network.publish({ type: "doc.update", doc: "doc_1", seq: log.length, clientId, ...told }, connection)
    return { seq: log.length }
  }

  function act(connection: FakeConnection, frame: Frame): object {
    if (frame.action === "doc.join") return join(connection, frame.vector as string | undefined, frame.next as string | undefined)
    if (frame.action === "doc.update") {
      if (chaos.random() < chaos.limit) return { code: "limit.rate", message: "", retryAfterMs: 200 }
      return store(connection, frame as never)
    }
    if (frame.action === "doc.awareness")
      network.publish({ type: "doc.awareness", doc: "doc_1", user: connection.user, state: frame.state }, connection)
    return {}
  }

  const service = {
    /** Nobody is told of what is stored. */
    isSilent: false,
    connect: network.connect,
    cutAll: network.cutAll,
    get seq(): number {
      return log.length
    },
    get joins(): number {
      return joins
    },
    /** What a fresh reader gets. */
    load(): Y.Doc {
      const doc = new Y.Doc()
      for (const update of log) Y.applyUpdate(doc, update)
      return doc
    },
  }
  return service
}

export type FakeDocument = ReturnType<typeof createFakeDocument>
