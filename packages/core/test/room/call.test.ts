import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { TokenVerifier } from "livekit-server-sdk"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import * as Call from "../../src/call/index.ts"
import { as, roomOf, startRooms } from "./world.ts"

const KEY = "APIkey"
const SECRET = "a secret of at least thirty-two bytes"
let world: Awaited<ReturnType<typeof startRooms>>
let server: Server
let answer: { status: number; body: object }
let asked: { path: string; body: any }[]
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  server = createServer((request, response) => {
    let text = ""
    request.on("data", (chunk: Buffer) => (text += chunk.toString()))
    request.on("end", () => {
      asked.push({ path: request.url!, body: JSON.parse(text) })
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  world = await startRooms({
    "/backline/test/livekit/url": `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    "/backline/test/livekit/key": KEY,
    "/backline/test/livekit/secret": SECRET,
  })
})
beforeEach(() => {
  answer = { status: 200, body: { participants: [] } }
  asked = []
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await world.stop()
})

test("a member gets a token that opens this room's call under their own id, and sees who is in it", async () => {
  const room = await roomOf("ada", "max")
  answer.body = { participants: [{ identity: "ada", name: "Ada", joinedAtMs: "1700000000000" }] }
  const { token, url, participants } = await as("max", () => Call.enter({ room }))
  expect(url).toMatch(/^ws:/)
  expect(participants).toEqual([{ id: "ada", name: "Ada", joinedAt: 1_700_000_000_000 }])
  const claims = await new TokenVerifier(KEY, SECRET).verify(token)
  expect(claims).toMatchObject({ sub: "max", video: { roomJoin: true, room } })
})

test("a call that nobody opened yet is empty; a LiveKit that does not answer keeps nobody out", async () => {
  const room = await roomOf("ada")
  answer = { status: 404, body: { code: "not_found", msg: "requested room does not exist" } }
  expect(await as("ada", () => Call.enter({ room }))).toMatchObject({ participants: [] })
  answer = { status: 500, body: { code: "internal", msg: "no" } }
  expect(await as("ada", () => Call.enter({ room }))).toMatchObject({ token: expect.any(String), participants: undefined })
})

test("who is not in the room gets no token, and without keys the answer says where they belong", async () => {
  const room = await roomOf("ada")
  await expect(as("eve", () => Call.enter({ room }))).rejects.toMatchObject({ code: "missing.room" })
  process.env.LIVEKIT_PARAMETERS = "/backline/other/livekit"
  await expect(as("ada", () => Call.enter({ room }))).rejects.toMatchObject({
    code: "conflict.not_configured",
    message: expect.stringContaining("/backline/other/livekit/secret"),
  })
  process.env.LIVEKIT_PARAMETERS = "/backline/test/livekit"
})

test("who is taken out of a room is taken out of its call; what LiveKit says to it changes nothing", async () => {
  for (const status of [200, 404, 500]) {
    const room = await roomOf("ada", "max")
    answer = { status, body: {} }
    await as("ada", () => Call.removeMember({ room, userId: "max" }))
    expect(asked).toEqual([{ path: "/twirp/livekit.RoomService/RemoveParticipant", body: { room, identity: "max" } }])
    await expect(as("max", () => Call.enter({ room }))).rejects.toMatchObject({ code: "missing.room" })
    asked = []
  }
  const room = await roomOf("ada", "max")
  await expect(as("max", () => Call.removeMember({ room, userId: "ada" }))).rejects.toMatchObject({ code: "forbidden.room" })
  expect(asked).toEqual([])
  process.env.LIVEKIT_PARAMETERS = "/backline/other/livekit"
  expect(await as("max", () => Call.removeMember({ room }))).toEqual({})
  process.env.LIVEKIT_PARAMETERS = "/backline/test/livekit"
})
