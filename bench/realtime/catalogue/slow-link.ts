import { randomBytes } from "node:crypto"
import { WebSocket } from "ws"
import { openDocument } from "../../../packages/client/src/documents/index.ts"
import { type Product, until } from "../../../test/e2e/product.ts"
import { type Asked, readingOf } from "../pages.ts"
import { people, type Person } from "../people.ts"
import { Sheet } from "../sheet.ts"
import { slowProxy } from "../slow-proxy.ts"
import { lasting } from "../tab.ts"

const SIZES = { small: 2_000_000, full: 20_000_000 }
const BYTES_PER_SECOND = 1_000_000
/** One edit holds 8 MB. */
const PASTE = 4_000_000
const PATIENCE_MS = 300_000

/** Letters of no pattern, so that no byte of the document can stand for another. */
const letters = (count: number): string =>
  randomBytes(Math.ceil((count * 3) / 4))
    .toString("base64")
    .slice(0, count)

/** Who has the whole document, and writes it. */
async function writerOf(product: Product, person: Person, id: string) {
  const { socket, client } = lasting(product, person)
  const handle = openDocument({ id, socket, client })
  socket.start()
  await until("the document is open", async () => handle.get().isLoaded, 60_000, 20)
  return { text: handle.doc.getText("text"), isSaved: () => handle.get().isSaved, close: () => (handle.close(), socket.close()) }
}

/** Who opens it over a link of so many bytes a second; notes each page that is asked for until it is there. */
async function readerOf(product: Product, person: Person, id: string) {
  const { hostname, port } = new URL(product.ws)
  const link = await slowProxy({ host: hostname, port: Number(port) }, BYTES_PER_SECOND)
  const through = (url: string) => {
    const changed = new URL(url)
    changed.host = `127.0.0.1:${link.port}`
    return new WebSocket(changed, { perMessageDeflate: false })
  }
  const { socket, client } = lasting(product, person, through)
  const asked: Asked[] = []
  let opened = 0
  socket.onState((state) => state === "open" && opened++)
  const request = (action: never, body: { next?: string }, ...rest: never[]) => {
    if (action === "doc.join" && !handle.get().isLoaded) asked.push({ connection: opened, next: body.next })
    return socket.request(action, body as never, ...rest)
  }
  const handle = openDocument({ id, client, socket: { ...socket, request: request as never } })
  socket.start()
  return {
    asked,
    text: handle.doc.getText("text"),
    isLoaded: () => handle.get().isLoaded,
    cut: link.cut,
    close: async () => {
      handle.close()
      socket.close()
      await link.stop()
    },
  }
}

/** A large document is opened over a slow link that breaks half-way, while somebody writes. */
export async function slowLink(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const bytes = full ? SIZES.full : SIZES.small
  const [author, visitor] = await people(product, 2)
  const { body: document } = await author!.call("/documents", { title: "A long score", members: [visitor!.id] })
  const writer = await writerOf(product, author!, document.id)
  for (let left = bytes; left > 0; left -= PASTE) {
    writer.text.insert(writer.text.length, letters(Math.min(PASTE, left)))
    await until("the paste is saved", async () => writer.isSaved(), PATIENCE_MS, 50)
    console.error(`  ${writer.text.length} bytes written`)
  }

  const begin = performance.now()
  const reader = await readerOf(product, visitor!, document.id)
  const half = bytes / (90 * 1024) / 2
  await until("half of it is read", async () => reader.asked.length > half || reader.isLoaded(), PATIENCE_MS, 20)
  writer.text.insert(0, "Meanwhile. ")
  reader.cut()
  await until("all of it is read", async () => reader.isLoaded(), PATIENCE_MS, 20)
  const seconds = (performance.now() - begin) / 1_000
  const isEqual = async () => reader.text.length === writer.text.length
  const heard = await until("the edit made meanwhile is there", isEqual, 30_000, 50).catch(() => false)
  const { pages, reconnects, restarts, repeated } = readingOf(reader.asked)
  sheet.add({
    linkEqual: [
      heard && reader.text.toString() === writer.text.toString() ? 1 : 0,
      `${bytes / 1_000_000} MB read over ${BYTES_PER_SECOND / 1_000_000} MB/s, with what was written meanwhile`,
      { min: 1 },
    ],
    linkReconnects: [reconnects, "connections after the first; the link broke once, half-way", { max: 1 }],
    linkRestarts: [restarts, "times that reading began again from the first page", { max: 0 }],
    linkRepeated: [repeated, `of ${pages} pages asked for again, but for the one on its way when the link broke`, { max: 0 }],
    linkOverBare: [
      seconds / ((bytes * 4) / 3 / BYTES_PER_SECOND),
      "time of it over that of its bytes in base64 on the same link",
      { max: 2 },
    ],
  })
  writer.close()
  await reader.close()
  return sheet
}
