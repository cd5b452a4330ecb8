import { randomBytes } from "node:crypto"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import * as Y from "yjs"
import * as Document from "../../src/document/index.ts"
import { as, asSystem, base64, bytesOf, newClientId, read, sendInParts, startDocuments } from "./world.ts"

/** Bytes of the large document; the catalogue's 20 MB with BACKLINE_FULL=1. */
const LARGE = process.env.BACKLINE_FULL === "1" ? 20_000_000 : 1_500_000
const FRAME = 128 * 1024

let world: Awaited<ReturnType<typeof startDocuments>>
const said = vi.spyOn(console, "log")
beforeAll(async () => {
  world = await startDocuments()
})
beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined))
afterAll(() => world.stop())
const figure = (text: string) => {
  said.mockRestore()
  console.log(text)
}

const compact = (id: string) => asSystem(() => Document.compact({ id: id as never }))
const words = (bytes: number) =>
  randomBytes(Math.ceil((bytes * 3) / 4))
    .toString("base64")
    .slice(0, bytes)

/** Text of so many bytes, put in by pastes of at most 4 MB. */
async function paste(doc: string, replica: Y.Doc, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= 4_000_000) {
    const before = Y.encodeStateVector(replica)
    const text = replica.getText("t")
    text.insert(text.length, words(Math.min(left, 4_000_000)))
    await sendInParts(doc, Y.encodeStateAsUpdate(replica, before), newClientId(), 90_000)
  }
}

test("a paste of 1 MB goes in parts, survives lost parts and a new connection, and every reader has it", async () => {
  await as("ada", async () => {
    const { id } = await Document.create({ title: "Pasted" })
    await Document.join({ doc: id, connectionId: "reader" })
    const mine = new Y.Doc()
    mine.getText("t").insert(0, words(1_000_000))
    const update = Y.encodeStateAsUpdate(mine)
    world.posted.length = 0
    const { seq, of } = await sendInParts(id, update, "paste", 20_000, (part) => part % 7 === 3)
    expect(seq).toBe(1)
    const again = await sendInParts(id, update, "paste", 20_000)
    expect(again.seq).toBe(1)
    expect(world.posted[0]).toEqual({
      connectionId: "reader",
      frame: { type: "doc.update", doc: id, seq: 1, bytes: update.byteLength, clientId: "paste" },
    })
    const { replica, pages } = await read(id, "reader")
    expect(replica.getText("t").toString()).toBe(mine.getText("t").toString())
    figure(`1 MB paste: ${of} parts of 20 KB, read in ${pages} pages, reconnects needed 0`)
  })
})

test("a large document is read in pages below the limit, resumed at the page where a link broke, while others write and compact", async () => {
  await as("ada", async () => {
    const { id } = await Document.create({ title: "Large" })
    const mine = new Y.Doc()
    await paste(id, mine, LARGE)
    await compact(id)
    const parts: Uint8Array[] = []
    const copy = new Y.Doc()
    let [pages, largest, links] = [0, 0, 1]
    let next: string | undefined
    do {
      if (pages === 5) links++
      const page: Awaited<ReturnType<typeof Document.join>> = await Document.join({
        doc: id,
        next,
        connectionId: `link-${links}`,
      })
      largest = Math.max(largest, JSON.stringify({ type: "ack", id: "f".repeat(64), ...page }).length)
      parts.push(bytesOf(page.update))
      if ((page.part ?? 1) === (page.of ?? 1)) Y.applyUpdate(copy, new Uint8Array(Buffer.concat(parts.splice(0))))
      next = page.next
      pages++
      if (pages === 3 || pages === 8) {
        const before = Y.encodeStateVector(mine)
        mine.getText("t").insert(0, `written at page ${pages} `)
        await Document.update({ doc: id, update: base64(Y.encodeStateAsUpdate(mine, before)), clientId: newClientId() })
        await compact(id)
      }
    } while (next)
    expect(copy.getText("t").toString() === mine.getText("t").toString()).toBe(true)
    expect(largest).toBeLessThanOrEqual(FRAME)
    expect(pages).toBeGreaterThanOrEqual(Math.ceil(LARGE / (90 * 1024)))
    figure(`${LARGE} bytes: ${pages} pages of at most ${largest} bytes over ${links} connections (1 reconnect), equal`)
  })
})

test("who lacks a little of a large document gets that alone, who lacks much gets it in pages", async () => {
  await as("ada", async () => {
    const { id } = await Document.create({ title: "Large" })
    const mine = new Y.Doc()
    await paste(id, mine, 400_000)
    await compact(id)
    const vector = Y.encodeStateVector(mine)
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(mine))
    mine.getText("t").insert(7, "a little")
    await Document.update({ doc: id, update: base64(Y.encodeStateAsUpdate(mine, vector)), clientId: newClientId() })
    const page = await Document.join({ doc: id, connectionId: "r", vector: base64(vector) })
    expect([page.next, page.update.length < 200]).toEqual([undefined, true])
    await paste(id, mine, 300_000)
    await compact(id)
    const { pages } = await read(id, "r", copy, vector)
    expect(pages).toBe(5)
    expect(copy.getText("t").toString() === mine.getText("t").toString()).toBe(true)
  })
})

test("a cursor opens pages of its own document alone", async () => {
  await as("ada", async () => {
    const [mine, other] = [await Document.create({ title: "A" }), await Document.create({ title: "B" })]
    const cursor = (key: string) => Buffer.from(JSON.stringify({ key, at: 0, size: 9, seq: 1 })).toString("base64url")
    for (const key of [`snapshots/${other.id}/x`, `updates/${mine.id}/x`, `snapshots/${mine.id}/../${other.id}/x`, "x"])
      await expect(Document.join({ doc: mine.id, connectionId: "c", next: cursor(key) })).rejects.toMatchObject({
        code: "input.cursor",
      })
    await expect(Document.join({ doc: mine.id, connectionId: "c", next: cursor(`joins/${mine.id}/x`) })).rejects.toMatchObject({
      code: "missing.page",
    })
  })
})
