import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import * as Document from "@backline/core/document"
import * as Y from "yjs"
import { as, base64, bytesOf, startDocuments } from "../../core/test/document/world.ts"
import { handler } from "../src/ws/default.ts"

let world: Awaited<ReturnType<typeof startDocuments>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startDocuments()
})
afterAll(() => world.stop())
beforeEach(() => void (world.posted.length = 0))

let frames = 0
/** Sends one frame through `$default`; gives its ack or error. */
async function send(connectionId: string, body: object, userId = "ada"): Promise<any> {
  const id = `f${++frames}`
  const authorizer = { userId, role: "member", expiresAt: String(Date.now() + 60_000) }
  const requestContext = { connectionId, requestId: "r", routeKey: "$default", authorizer }
  expect(await handler({ requestContext, body: JSON.stringify({ id, ...body }), isBase64Encoded: false } as never)).toEqual({
    statusCode: 200,
  })
  const answers = world.posted.filter((post) => post.connectionId === connectionId && post.frame.id === id)
  expect(answers.length).toBe(1)
  return answers[0]!.frame
}
const heard = (connectionId: string, type: string) =>
  world.posted.filter((post) => post.connectionId === connectionId && post.frame.type === type).map(({ frame }) => frame)
const made = async () => (await as("ada", () => Document.create({ title: "A board" }))).id
const update = (text: string): string => {
  const copy = new Y.Doc()
  copy.getText("t").insert(0, text)
  return base64(Y.encodeStateAsUpdate(copy))
}

test("an edit of one socket is acknowledged, told to the other socket, and there for who joins afresh", async () => {
  const doc = await made()
  for (const socket of ["one", "two"])
    expect(await send(socket, { action: "doc.join", doc })).toMatchObject({ type: "ack", doc, seq: 0, epoch: expect.any(String) })
  const written = update("hello")
  expect(await send("one", { action: "doc.update", doc, update: written, clientId: "c" })).toMatchObject({ type: "ack", seq: 1 })
  expect(heard("two", "doc.update")).toEqual([{ type: "doc.update", doc, seq: 1, update: written, clientId: "c" }])
  expect(heard("one", "doc.update")).toEqual([])
  const { update: state } = await send("three", { action: "doc.join", doc })
  const fresh = new Y.Doc()
  Y.applyUpdate(fresh, bytesOf(state))
  expect(fresh.getText("t").toString()).toBe("hello")
})

test("the same clientId is the same edit; with other bytes it is a conflict", async () => {
  const doc = await made()
  const sent = { action: "doc.update", doc, update: update("a"), clientId: "c" }
  const seqs = await Promise.all(Array.from({ length: 8 }, () => send("one", sent).then(({ seq }) => seq)))
  expect(seqs).toEqual(Array.from({ length: 8 }, () => 1))
  expect(await send("one", { ...sent, update: update("b") })).toMatchObject({ type: "error", code: "conflict.idempotency" })
  expect(await as("ada", () => Document.get({ id: doc }))).toMatchObject({ seq: 1 })
})

test("parts are acknowledged one by one, and the last says what is missing", async () => {
  const doc = await made()
  const bytes = bytesOf(update("x".repeat(1_000)))
  const part = (n: number) => ({
    action: "doc.update",
    doc,
    clientId: "p",
    part: n,
    of: 3,
    update: base64(bytes.slice((n - 1) * 400, n * 400)),
  })
  expect(await send("one", part(1))).toMatchObject({ type: "ack", part: 1 })
  expect(await send("two", part(3))).toMatchObject({ type: "ack", part: 3, missing: [2] })
  expect(await send("two", part(2))).toMatchObject({ type: "ack", part: 2 })
  expect(await send("two", part(3))).toMatchObject({ type: "ack", seq: 1 })
  expect(await send("one", { ...part(3), part: 4 })).toMatchObject({ type: "error", code: "input.invalid" })
})

test("after doc.leave a socket hears nothing more", async () => {
  const doc = await made()
  await send("two", { action: "doc.join", doc })
  await send("one", { action: "doc.awareness", doc, state: { at: 1 } })
  expect(heard("two", "doc.awareness")).toEqual([{ type: "doc.awareness", doc, user: "ada", state: { at: 1 } }])
  await send("two", { action: "doc.leave", doc })
  await send("one", { action: "doc.awareness", doc, state: { at: 2 } })
  expect(heard("two", "doc.awareness").length).toBe(1)
})

test("hostile frames get their code, nothing of them is stored, and a neighbour hears only what is good", async () => {
  const doc = await made()
  await send("two", { action: "doc.join", doc })
  const deep = new Y.Doc()
  let value: unknown = 1
  for (let n = 0; n < 200; n++) value = [value]
  deep.getArray("a").push([value])
  const hostile: [object, string][] = [
    [{ update: "AAAA" }, "input.invalid"],
    [{ update: "not base64!", clientId: "h" }, "input.invalid"],
    [{ update: 7, clientId: "h" }, "input.invalid"],
    [{ update: "A".repeat(122_884), clientId: "h" }, "input.invalid"],
    [{ update: base64(Uint8Array.of(1, 2, 3, 4)), clientId: "h" }, "input.update"],
    [{ update: base64(Uint8Array.from({ length: 60_000 }, (_, n) => (n * 7919) % 256)), clientId: "h" }, "input.update"],
    [{ update: base64(Y.encodeStateAsUpdate(deep)), clientId: "h" }, "input.update"],
    [{ update: update("x"), clientId: "h", part: 2, of: 1 }, "input.invalid"],
    [{ update: update("x"), clientId: "h", part: 1, of: 100_000 }, "input.invalid"],
    [{ update: update("x"), clientId: "" }, "input.invalid"],
  ]
  for (const [frame, code] of hostile)
    expect(await send("one", { action: "doc.update", doc, ...frame })).toMatchObject({ type: "error", code })
  expect(await send("one", { action: "doc.join", doc, vector: base64(Uint8Array.of(9)) })).toMatchObject({ code: "input.vector" })
  expect(await send("one", { action: "doc.join", doc, next: "{}" })).toMatchObject({ code: "input.cursor" })
  expect(await send("one", { action: "doc.awareness", doc, state: "x".repeat(5_000) })).toMatchObject({ code: "input.invalid" })
  expect(await as("ada", () => Document.get({ id: doc }))).toMatchObject({ seq: 0 })
  await send("one", { action: "doc.update", doc, update: update("good"), clientId: "h" })
  expect(heard("two", "doc.update").length).toBe(1)
  console.info(`${hostile.length + 3} hostile frames: each its code, stored 0, heard by the neighbour 0`)
})

test("a document that is somebody else's answers as one that does not exist", async () => {
  const doc = await made()
  const none = `doc_${"0".repeat(26)}`
  for (const frame of [
    { action: "doc.join" },
    { action: "doc.update", update: update("x"), clientId: "c" },
    { action: "doc.awareness", state: 1 },
  ]) {
    const [foreign, missing] = [await send("m", { ...frame, doc }, "mia"), await send("m", { ...frame, doc: none }, "mia")]
    expect({ ...foreign, id: "" }).toEqual({ ...missing, id: "" })
    expect(foreign).toMatchObject({ type: "error", code: "missing.document" })
  }
})
