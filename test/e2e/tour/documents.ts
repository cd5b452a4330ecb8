import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3"
import { expect, it } from "vitest"
import * as Y from "yjs"
import { until } from "../product.ts"
import { clientOf, resourceOf } from "../support/cloud.ts"
import { Socket } from "../support/socket.ts"
import { strangers } from "./strangers.ts"
import type { World } from "./world.ts"

/** Follows the pages of a document, and gives its text and its position. */
async function documentOf(socket: Socket, doc: string): Promise<{ text: string; seq: number; pages: number }> {
  const copy = new Y.Doc()
  let parts: Buffer[] = []
  let page = await socket.ask("doc.join", { doc })
  for (let pages = 1; ; pages++) {
    parts.push(Buffer.from(page.update, "base64"))
    if ((page.part ?? 1) === (page.of ?? 1)) Y.applyUpdate(copy, new Uint8Array(Buffer.concat(parts.splice(0))))
    if (!page.next) return { text: copy.getText("t").toString(), seq: page.seq, pages }
    page = await socket.ask("doc.join", { doc, next: page.next })
  }
}

/** Everything that documents may do. */
export function documents({ local, person }: World): void {
  it("writes a document with two sockets, pastes into it, folds it, and brings an old version back", async () => {
    const [ask, other] = [person(0), person(1)]
    const open = () => Socket.open(local(), 0)
    const { status, body: made } = await ask("/documents", { title: "Setlist" })
    expect([status, made.seq]).toEqual([201, 0])
    const doc: string = made.id
    const [one, two] = [await open(), await open()]
    await one.ask("doc.join", { doc })
    await two.ask("doc.join", { doc })
    const copy = new Y.Doc()
    const written = (write: (text: Y.Text) => void) => {
      const before = Y.encodeStateVector(copy)
      write(copy.getText("t"))
      return Buffer.from(Y.encodeStateAsUpdate(copy, before))
    }
    const update = written((text) => text.insert(0, "first song")).toString("base64")
    expect(await one.ask("doc.update", { doc, update, clientId: "d1" })).toMatchObject({ seq: 1 })
    expect(await two.heard("doc.update", 1)).toMatchObject([{ doc, seq: 1, update, clientId: "d1" }])
    expect(await documentOf(two, doc)).toEqual({ text: "first song", seq: 1, pages: 1 })
    await one.ask("doc.awareness", { doc, state: { at: 3 } })
    await two.heard("doc.awareness", 1)

    const paste = written((text) => text.insert(0, "x".repeat(300_000)))
    const of = Math.ceil(paste.length / 20_000)
    for (let part = 1; part <= of; part++) {
      const bytes = paste.subarray((part - 1) * 20_000, part * 20_000).toString("base64")
      const ack = await one.ask("doc.update", { doc, update: bytes, clientId: "d2", part, of })
      if (part === of) expect(ack.seq).toBe(2)
    }
    const whole = copy.getText("t").toString()
    /** No snapshot yet, so this answer is kept for its pages. */
    expect((await documentOf(two, doc)).text).toBe(whole)
    const versions = await until("the log is folded", async () => {
      const { items } = (await ask(`/documents/${doc}/versions`)).body
      return items.length > 0 && items
    })
    expect(versions).toMatchObject([{ version: 2 }])
    expect(await documentOf(two, doc)).toMatchObject({ text: whole, seq: 2, pages: 5 })

    const erased = written((text) => text.delete(0, text.length)).toString("base64")
    await one.ask("doc.update", { doc, update: erased, clientId: "d3" })
    expect((await documentOf(two, doc)).text).toBe("")
    expect(await ask(`/documents/${doc}/restore`, { version: 2 })).toMatchObject({ status: 200, body: { seq: 4 } })
    expect((await documentOf(two, doc)).text).toBe(whole)
    await until("the restored text is folded too", async () => (await ask(`/documents/${doc}/versions`)).body.items.length > 1)

    const gone = Buffer.from(JSON.stringify({ key: `joins/${doc}/gone`, at: 0, size: 9, seq: 1 })).toString("base64url")
    expect(await one.ask("doc.join", { doc, next: gone })).toMatchObject({ type: "error", code: "missing.page" })
    const storage = new S3Client({ ...clientOf(local()), forcePathStyle: true })
    const Bucket = resourceOf(local(), "AWS::S3::Bucket", "DocumentBucket").identity.ref
    const { Contents } = await storage.send(new ListObjectsV2Command({ Bucket, Prefix: `snapshots/${doc}/0000000002` }))
    await storage.send(new DeleteObjectCommand({ Bucket, Key: Contents![0]!.Key }))
    storage.destroy()
    expect(await ask(`/documents/${doc}/restore`, { version: 2 })).toMatchObject({
      status: 404,
      body: { code: "missing.version" },
    })

    expect(await ask(`/documents/${doc}`, { version: 1, title: "Encore", members: ["somebody"] }, "PATCH")).toMatchObject({
      status: 200,
    })
    expect(await ask(`/documents/${doc}`, { version: 2, members: [] }, "PATCH")).toMatchObject({ status: 200 })
    expect((await ask(`/documents/${doc}`)).body).toMatchObject({ title: "Encore", version: 3 })
    expect((await ask("/documents")).body.items).toMatchObject([{ id: doc, title: "Encore" }])

    const { body: max } = await other("/me")
    const room = (await ask("/rooms", { name: "Stage", visibility: "private" })).body.id
    expect((await ask(`/rooms/${room}/members`, { userId: max.id })).status).toBe(201)
    const { id: shared } = (await ask("/documents", { title: "Of the room", room })).body
    expect((await ask(`/documents?room=${room}`)).body.items).toMatchObject([{ id: shared }])
    expect((await other(`/documents/${shared}`)).status).toBe(200)
    expect((await other(`/documents/${shared}/versions`)).status).toBe(200)
    expect((await other(`/documents/${shared}`, { version: 1, title: "By a member" }, "PATCH")).status).toBe(200)
    expect((await other(`/documents/${shared}/restore`, { version: 1 })).status).toBe(404)

    const stranger = strangers(local())
    /** Readers who are gone, in a roster that is small and in one that is a crowd. */
    for (const depth of [1, 3]) {
      const [{ version }] = (await ask(`/documents/${doc}/versions`)).body.items
      const line = written((text) => text.insert(0, `level ${depth}\n`)).toString("base64")
      await one.ask("doc.update", { doc, update: line, clientId: `level-${depth}` })
      const lost = await stranger.listening(doc, depth)
      expect((await ask(`/documents/${doc}/restore`, { version })).status).toBe(200)
      await stranger.forgotten(lost, doc)
    }
    stranger.end()

    await two.ask("doc.leave", { doc })
    one.close()
    two.close()
  })
}
