import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import * as Y from "yjs"
import * as Document from "../../src/document/index.ts"
import { as, asSystem, base64, newClientId, sendInParts, startDocuments } from "./world.ts"

let world: Awaited<ReturnType<typeof startDocuments>>
const said = vi.spyOn(console, "log")
beforeAll(async () => {
  world = await startDocuments()
})
beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined))
afterAll(() => world.stop())

/** Calls and units that one thing takes of the documents table and of the bucket; rosters have a table of their own. */
async function cost(run: () => Promise<unknown>) {
  const since = world.now()
  await run()
  const table = world.calls(since).filter(({ access }) => access.some(({ resource }) => resource.endsWith("table/documents")))
  const sum = (unit: string) => table.reduce((all, { units }) => all + (units[unit] ?? 0), 0)
  return {
    calls: table.map(({ operation }) => operation),
    RRU: sum("RRU"),
    WRU: sum("WRU"),
    s3: world.calls(since, "s3").map(({ operation }) => operation),
  }
}

test("an edit costs two calls, one read unit and six write units, however large the document is; a join grows with the page alone", async () => {
  await as("ada", async () => {
    const { id } = await Document.create({ title: "A board" })
    const mine = new Y.Doc()
    const type = (text: string) => {
      const before = Y.encodeStateVector(mine)
      mine.getText("t").insert(0, text)
      return Y.encodeStateAsUpdate(mine, before)
    }
    const edit = (text: string) => {
      const update = base64(type(text))
      return cost(() => Document.update({ doc: id, update, clientId: newClientId() }))
    }
    const join = (vector?: Uint8Array) =>
      cost(() => Document.join({ doc: id, connectionId: "c", vector: vector && base64(vector) }))
    const small = { edit: await edit("a"), join: await join() }
    const paste = await cost(() => sendInParts(id, type("x".repeat(1_000_000)), newClientId(), 90_000))
    await asSystem(() => Document.compact({ id }))
    const large = { edit: await edit("b"), join: await join(), rejoin: await join(Y.encodeStateVector(mine)) }
    said.mockRestore()
    const show = ({ calls, RRU, WRU, s3 }: Awaited<ReturnType<typeof cost>>) =>
      `${calls.length} calls, ${RRU} RRU, ${WRU} WRU, S3 ${s3.join(" ") || "none"}`
    console.log(
      [
        `edit, empty document: ${show(small.edit)}`,
        `edit, 1 MB document: ${show(large.edit)}`,
        `join, small document: ${show(small.join)}`,
        `join, 1 MB document, first page: ${show(large.join)}`,
        `join again with a vector: ${show(large.rejoin)}`,
        `paste of 1 MB in 12 parts: ${show(paste)}`,
      ].join("\n"),
    )
    expect(small.edit).toEqual({ calls: ["GetItem", "TransactWriteItems"], RRU: 1, WRU: 6, s3: [] })
    expect(large.edit).toEqual(small.edit)
    expect(small.join.calls).toEqual(["GetItem", "GetItem", "Query"])
    expect(large.join).toEqual({ calls: ["GetItem", "GetItem"], RRU: 2, WRU: 0, s3: ["GetObject"] })
    expect(large.rejoin.s3).toEqual(["GetObject"])
  })
})

test("cursors cost the table nothing, once the right was seen", async () => {
  await as("ada", async () => {
    const { id } = await Document.create({ title: "A board" })
    await Document.join({ doc: id, connectionId: "me" })
    await Document.join({ doc: id, connectionId: "other" })
    await Document.awareness({ doc: id, state: { at: 0 }, connectionId: "me" })
    world.posted.length = 0
    const { calls } = await cost(async () => {
      for (let at = 1; at <= 20; at++) await Document.awareness({ doc: id, state: { at }, connectionId: "me" })
    })
    expect(calls).toEqual([])
    /** A topic that is busy goes through the queue, so not all are posted at once. */
    expect(new Set(world.posted.map(({ connectionId }) => connectionId))).toEqual(new Set(["other"]))
    expect(world.posted[0]!.frame).toEqual({ type: "doc.awareness", doc: id, user: "ada", state: { at: expect.any(Number) } })
  })
})
