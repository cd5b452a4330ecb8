import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { buffer } from "node:stream/consumers"
import { afterEach, expect, test } from "vitest"
import { slowProxy, type SlowProxy } from "./slow-proxy.ts"

const RATE = 400_000
const BYTES = randomBytes(100_000)

let server: Server
let proxy: SlowProxy
afterEach(async () => {
  await proxy.stop()
  server.close()
})

async function through(serve: (socket: Socket) => void): Promise<Socket> {
  server = createServer((socket) => {
    socket.on("error", () => undefined)
    serve(socket)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  proxy = await slowProxy({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" }, RATE)
  const near = connect(proxy.port, "127.0.0.1")
  near.on("error", () => undefined)
  return near
}

const soonest = (BYTES.length * 1_000) / RATE

test("what comes down arrives whole, and no sooner than the link carries it", async () => {
  const begin = performance.now()
  const near = await through((socket) => socket.end(BYTES))
  expect((await buffer(near)).equals(BYTES)).toBe(true)
  expect(performance.now() - begin).toBeGreaterThanOrEqual(soonest * 0.95)
})

test("so it does on the way up", async () => {
  const begin = performance.now()
  const got = new Promise<Buffer>(
    (resolve) => void through((socket) => void buffer(socket).then(resolve)).then((near) => near.end(BYTES)),
  )
  expect((await got).equals(BYTES)).toBe(true)
  expect(performance.now() - begin).toBeGreaterThanOrEqual(soonest * 0.95)
})

test("a cut is seen at both ends", async () => {
  const closed = new Promise<void>((resolve) => {
    void through((socket) => void socket.once("close", () => resolve()).write("here")).then((near) => {
      near.once("data", () => proxy.cut())
    })
  })
  await closed
})
