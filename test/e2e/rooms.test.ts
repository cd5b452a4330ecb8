import { afterAll, beforeAll, expect, it } from "vitest"
import type { LocalCloud } from "../../packages/local/src/cloud.ts"
import { startHere } from "./support/cloud.ts"
import { personOf, Socket } from "./support/socket.ts"

let local: LocalCloud
let [ada, max, mia]: ReturnType<typeof personOf>[] = []
const ids: string[] = []
beforeAll(async () => {
  local = await startHere()
  ;[ada, max, mia] = [0, 1, 2].map((person) => personOf(local, person))
  for (const each of [ada, max, mia]) ids.push((await each!("/me")).body.id)
})
afterAll(() => local?.stop())

it("lets two people talk: each hears each message once and in order, and who was away gets exactly what was missed", async () => {
  const made = await ada!("/rooms", { name: "Stage left", visibility: "public" })
  expect(made).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^rom_/), seq: 0, role: "owner" } })
  const room = made.body.id
  const [a, b] = [await Socket.open(local, 0), await Socket.open(local, 1)]
  expect(await a.ask("room.join", { room })).toMatchObject({ type: "ack", seq: 0, messages: [], epoch: made.body.epoch })
  expect(await b.ask("room.join", { room })).toMatchObject({
    type: "ack",
    members: expect.arrayContaining([expect.objectContaining({ id: ids[1], role: "guest" })]),
  })
  const acks = []
  for (let n = 1; n <= 12; n++) acks.push(await (n % 3 ? a : b).ask("room.send", { room, text: `line ${n}`, clientId: `c${n}` }))
  expect(acks.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  for (const socket of [a, b]) {
    const heard = await socket.heard("message", 12)
    expect(heard.map(({ seq, text }) => [seq, text]).sort(([x], [y]) => x - y)).toEqual(
      acks.map(({ seq }) => [seq, `line ${seq}`]),
    )
  }
  b.close()
  for (let n = 13; n <= 22; n++) await a.ask("room.send", { room, text: `line ${n}`, clientId: `c${n}` })
  const back = await Socket.open(local, 1)
  const joined = await back.ask("room.join", { room, after: { epoch: made.body.epoch, seq: 12 } })
  expect(joined).toMatchObject({ recovered: true, seq: 22 })
  expect(joined.messages.map(({ seq }: any) => seq)).toEqual([13, 14, 15, 16, 17, 18, 19, 20, 21, 22])
  a.close()
  back.close()
})
