import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { openDocument } from "../../packages/client/src/documents/index.ts"
import type { Product } from "../../packages/start/src/product.ts"
import { startTogether } from "../../packages/season/src/simulate/together/index.ts"
import { personAt } from "../../packages/season/src/simulate/together/person.ts"
import { BOARD, SCENES } from "../../packages/season/src/simulate/together/scenes.ts"
import { until } from "./product.ts"
import { startHere } from "./support/cloud.ts"
import { personOf, Socket } from "./support/socket.ts"

let local: Product
const folder = mkdtempSync(join(tmpdir(), "first-look-"))
const logs: string[] = []
beforeAll(async () => {
  local = await startHere()
})
afterAll(async () => {
  await local?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const told = (data?: string) =>
  startTogether({
    http: local.addresses.http,
    users: local.users,
    signal: local.signal,
    data,
    log: (_, line) => void logs.push(line),
  })
const roomsOf = async (person: number) => (await personOf(local, person)("/rooms?limit=50")).body.items
const messagesOf = async (room: string) => (await personOf(local, 0)(`/rooms/${room}/messages?limit=100`)).body.items

it("completes what an earlier start began, tells all of it once, and says in every name that it is simulated", async () => {
  const [scene] = SCENES
  const begun = await personOf(local, 0)("/rooms", { name: scene!.name, visibility: "public" })
  const socket = await Socket.open(local, 0)
  await socket.ask("room.send", { room: begun.body.id, text: scene!.lines[0]!.text, clientId: `simulated-${scene!.key}-1` })
  socket.close()
  await told()
  await told(folder)
  expect(logs).toEqual([])
  const rooms = (await roomsOf(0)).filter(({ name }: any) => name.startsWith("Simulated "))
  expect(rooms.map(({ name }: any) => name).toSorted()).toEqual(SCENES.map(({ name }) => name).toSorted())
  for (const { key, name, lines } of SCENES) {
    const messages = await messagesOf(rooms.find((room: any) => room.name === name).id)
    const ours = messages.filter(({ clientId }: any) => clientId.startsWith("simulated-"))
    expect(ours.map(({ clientId, text }: any) => [clientId, text])).toEqual(
      lines.map(({ text }, index) => [`simulated-${key}-${index + 1}`, text]),
    )
    expect(new Set(ours.map(({ user }: any) => user.name)).size).toBe(3)
    expect(ours[0].text).toMatch(/simulated/i)
  }
})

it("lets the people in it read the board, and write in it", async () => {
  const { items } = (await personOf(local, 1)("/documents?limit=50")).body
  const boards = items.filter(({ title }: any) => title === BOARD.title)
  expect(boards).toHaveLength(1)
  const { client, socket } = personAt(local.addresses.http, local.users[1]!.accessToken)
  const board = openDocument({ id: boards[0].id, socket, client })
  await until("the board is read", async () => board.get().isLoaded)
  expect(board.doc.getText("text").toString()).toBe(BOARD.text)
  board.doc.getText("text").insert(0, "Mine. ")
  await until("the edit is saved", async () => board.get().isSaved)
  await told()
  board.close()
  const again = openDocument({ id: boards[0].id, socket, client })
  await until("the board is read again", async () => again.get().isLoaded)
  expect(again.doc.getText("text").toString()).toBe(`Mine. ${BOARD.text}`)
  again.close()
  socket.close()
})

it("leaves a folder alone that has got it, and everybody where there are no demo people", async () => {
  const nowhere = { http: "http://127.0.0.1:1", signal: local.signal, log: (_: string, line: string) => void logs.push(line) }
  await startTogether({ ...nowhere, users: local.users, data: folder })
  await startTogether({ ...nowhere, users: [] })
  expect(logs).toEqual([])
})

it("says in the log what kept it from being told", async () => {
  await startTogether({
    http: "http://127.0.0.1:1",
    users: local.users,
    signal: local.signal,
    log: (_, line) => void logs.push(line),
  })
  expect(logs.splice(0)).toEqual([expect.stringContaining("not complete")])
})
