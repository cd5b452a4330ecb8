import { afterAll, beforeAll, expect, test } from "vitest"
import * as Y from "yjs"
import * as Document from "../../src/document/index.ts"
import { as, asSystem, base64, newClientId, read, sendInParts, startDocuments } from "./world.ts"

let world: Awaited<ReturnType<typeof startDocuments>>
beforeAll(async () => {
  world = await startDocuments()
})
afterAll(() => world.stop())

test("smoke", async () => {
  await as("ada", async () => {
    const { id } = await Document.create({ title: "Setlist" })
    const mine = new Y.Doc()
    mine.getText("t").insert(0, "hello")
    const since = world.now()
    const one = await Document.update({ doc: id, update: base64(Y.encodeStateAsUpdate(mine)), clientId: "a" })
    console.log(world.calls(since).map((c) => [c.operation, c.units]))
    expect(one).toEqual({ seq: 1 })
    const { replica } = await read(id, "c1")
    expect(replica.getText("t").toString()).toBe("hello")
    const before = Y.encodeStateVector(mine)
    mine.getText("t").insert(5, "x".repeat(300_000))
    console.log(await sendInParts(id, Y.encodeStateAsUpdate(mine, before), newClientId()))
    console.log(await asSystem(() => Document.compact({ id: id })))
    const r = await read(id, "c2")
    console.log(r.pages, r.seq)
    expect(r.replica.getText("t").length).toBe(300_005)
    console.log(await Document.versions({ id }), await Document.list({}))
    const b2 = Y.encodeStateVector(mine)
    mine.getText("t").delete(0, 300_005)
    await Document.update({ doc: id, update: base64(Y.encodeStateAsUpdate(mine, b2)), clientId: "d" })
    expect((await read(id, "c3")).replica.getText("t").length).toBe(0)
    console.log(await Document.restore({ id, version: 2 }))
    expect((await read(id, "c3")).replica.getText("t").length).toBe(300_005)
  })
})
