import { afterAll, beforeAll, expect, it } from "vitest"
import { openDocument } from "../../packages/client/src/documents/index.ts"
import { seeded } from "../../packages/client/src/testing/chaos.ts"
import type { Product } from "../../packages/start/src/product.ts"
import { until } from "./product.ts"
import { connectionOf } from "./support/client.ts"
import { startHere } from "./support/cloud.ts"
import { controlOf } from "./support/control.ts"
import { type Frame, personOf, Socket } from "./support/socket.ts"

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const KB = 1024

let local: Product
let control: ReturnType<typeof controlOf>
const ids: string[] = []
beforeAll(async () => {
  console.log(`SEED=${SEED}`)
  local = await startHere()
  control = controlOf(local)
  for (const n of [0, 1, 2]) ids.push((await personOf(local, n)("/me")).body.id)
})
afterAll(() => local?.stop())

const newBoard = async (): Promise<string> =>
  (await personOf(local, 0)("/documents", { title: "A board", members: [ids[1], ids[2]] })).body.id

/** The document as a demo person's page has it. */
async function writer(id: string, person: number) {
  const { client, socket } = connectionOf(local, person)
  const handle = openDocument({ id, socket, client, batchMs: 10 })
  let opened = 0
  socket.onState((state) => state === "open" && opened++)
  socket.start()
  await until("the document is loaded", async () => handle.get().isLoaded, 60_000, 20)
  return {
    handle,
    text: handle.doc.getText("text"),
    marks: handle.doc.getMap("marks"),
    reconnects: () => opened - 1,
    close() {
      handle.close()
      socket.close()
    },
  }
}
const shown = ({ text, marks }: Awaited<ReturnType<typeof writer>>) => ({ text: text.toJSON(), marks: marks.toJSON() })

it("three people's edits over sockets that are reset are all there in the end, for them and for who opens the board afresh", async () => {
  const random = seeded(SEED)
  const id = await newBoard()
  const people = [await writer(id, 0), await writer(id, 1), await writer(id, 2)]
  let [resets, edits] = [0, 0]
  for (let n = 0; n < 30; n++) {
    const { text, marks, handle } = people[n % 3]!
    handle.doc.transact(() => {
      const at = Math.floor(random() * (text.length + 1))
      if (random() < 0.3) text.delete(at, Math.min(3, text.length - at))
      text.insert(Math.min(at, text.length), `[${n}]`)
      /** Others may delete from the text; nobody does from this. */
      marks.set(String(n), n % 3)
    })
    edits++
    if (n % 3 === 2) {
      const open = await until("a socket is open", async () => {
        const found = (await control.sockets()).filter((socket) => socket.open)
        return found.length > 0 && found
      })
      await control.breakSocket(open[Math.floor(random() * open.length)]!.connectionId, "reset")
      resets++
    }
  }
  await until(
    "everything is saved and equal",
    async () => {
      const all = people.map((each) => JSON.stringify(shown(each)))
      return people.every(({ handle }) => handle.get().isSaved) && new Set(all).size === 1
    },
    60_000,
    50,
  )
  const fresh = await writer(id, 1)
  expect(shown(fresh)).toEqual(shown(people[0]!))
  const lost = edits - Object.keys(fresh.marks.toJSON()).length
  console.log(`${edits} edits of 3 people, ${resets} sockets reset: 3 replicas and a fresh load equal, ${lost} edits lost`)
  expect([lost, resets]).toEqual([0, 10])
  for (const each of [...people, fresh]) each.close()
}, 180_000)

it("a paste of a megabyte and the first load of what it makes pass the limits of frames without a reconnect", async () => {
  const id = await newBoard()
  const [one, two] = [await writer(id, 0), await writer(id, 1)]
  const random = seeded(SEED)
  const from = local.cloud.calls.last(1, () => true)[0]!.n
  const paste = Array.from({ length: 1_000_000 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join("")
  one.text.insert(0, paste)
  await until("the other has the paste", async () => one.handle.get().isSaved && two.text.length === paste.length, 90_000, 50)
  expect(two.text.toJSON()).toBe(paste)
  const late = await writer(id, 2)
  await until("a newcomer has it", async () => late.text.length === paste.length, 60_000, 50)
  expect(late.text.toJSON()).toBe(paste)
  const posts = local.cloud.calls.since(from, 100_000).filter(({ operation }) => operation === "PostToConnection")
  const largest = Math.max(...posts.map(({ units }) => units.bytes ?? 0))
  const reconnects = [one, two, late].map((each) => each.reconnects())
  console.log(
    `1 MB pasted, heard and loaded afresh: reconnects ${reconnects.join(", ")}, socket messages of at most ${(largest / KB).toFixed(0)} KB, ${posts.filter(({ status }) => status === 413).length} refused as too large`,
  )
  expect(reconnects).toEqual([0, 0, 0])
  expect(posts.filter(({ status }) => status === 413)).toEqual([])
  for (const each of [one, two, late]) each.close()
}, 180_000)

it("shows a stranger no difference between a board of others and none", async () => {
  const id = (await personOf(local, 0)("/documents", { title: "Private", members: [ids[1]] })).body.id
  const socket = await Socket.open(local, 2)
  const mia = personOf(local, 2)
  const tried = async (doc: string) => {
    const answers: unknown[] = []
    const frames: [string, object][] = [
      ["doc.join", {}],
      ["doc.join", { vector: "AA==" }],
      ["doc.update", { update: "AAA=", clientId: "c" }],
      ["doc.update", { update: "AAA=", clientId: "c", part: 1, of: 2 }],
      ["doc.awareness", { state: { at: 1 } }],
    ]
    for (const [action, more] of frames) answers.push({ ...(await socket.ask(action, { doc, ...more })), id: undefined })
    for (const [path, body, method] of [
      ["", undefined, "GET"],
      ["", { version: 1, title: "Mine" }, "PATCH"],
      ["/versions", undefined, "GET"],
      ["/restore", { version: 1, clientId: "c" }, "POST"],
    ] as const) {
      const { status, body: said } = await mia(`/documents/${doc}${path}`, body, method)
      answers.push({ status, ...said, requestId: undefined })
    }
    return answers
  }
  const nothing = await tried(`doc_${"0".repeat(26)}`)
  for (const doc of [id, "nonsense"]) expect(await tried(doc)).toEqual(nothing)
  expect(nothing.every((each) => JSON.stringify(each).includes("missing.document"))).toBe(true)
  const { items } = (await mia("/documents?limit=50")).body as { items: Frame[] }
  expect(items.map((each) => each.id)).not.toContain(id)
  console.log(`${nothing.length} ways to a board of others: each answered as for one that is not there`)
  socket.close()
}, 60_000)
