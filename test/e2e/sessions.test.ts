import { afterAll, beforeAll, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import { signIn } from "../../packages/start/src/demo.ts"
import { until } from "./product.ts"
import { startHere } from "./support/cloud.ts"
import { controlOf } from "./support/control.ts"
import { personOf, Socket } from "./support/socket.ts"

const MINUTE = 60_000
/** Sockets with one ticket at once; BACKLINE_FULL=1 opens more. */
const USES = process.env.BACKLINE_FULL === "1" ? 100 : 20

let local: Product
let control: ReturnType<typeof controlOf>
beforeAll(async () => {
  local = await startHere()
  control = controlOf(local)
})
afterAll(() => local?.stop())

const client = () => local.cloud.resources("AWS::Cognito::UserPoolClient")[0]!.identity.ref
const pool = () => local.cloud.resources("AWS::Cognito::UserPool")[0]!.identity.ref
/** Signs a demo person in again: tokens of before may be over. */
async function fresh(person: number): Promise<string> {
  const user = local.users[person]!
  user.accessToken = await signIn(local.cloud, client(), user.email, user.password)
  return user.accessToken
}
const closed = (socket: Socket) => socket.socket.readyState === socket.socket.CLOSED
/** Rows of live connections, as the table has them. */
async function rows(): Promise<number> {
  const TableName = local.cloud
    .resources("AWS::DynamoDB::Table")
    .find(({ logicalId }) => logicalId.startsWith("ConnectionTable"))!.identity.ref
  const { json } = await local.cloud.call({
    service: "dynamodb",
    target: "DynamoDB_20120810.Scan",
    body: { TableName, ConsistentRead: true },
  })
  return json.Items.filter((item: any) => item.sk.S.startsWith("connection#") && !item.closedAt).length
}

it("opens one socket for a ticket, whatever comes at once, again, later or from elsewhere", async () => {
  const ORIGIN = "https://app.example.com"
  const ask = async (origin?: string) => {
    const response = await fetch(`${local.addresses.http}/realtime/ticket`, {
      method: "POST",
      headers: { authorization: `Bearer ${await fresh(0)}`, ...(origin ? { origin } : {}) },
    })
    return ((await response.json()) as { ticket: string }).ticket
  }
  const opens = (ticket: string, origin?: string) =>
    Socket.at(`${local.addresses.ws}?ticket=${ticket}`, origin).then(
      (socket) => (socket.close(), "open"),
      (error: Error) => error.message,
    )
  const ticket = await ask()
  const results = await Promise.all(Array.from({ length: USES }, () => opens(ticket)))
  expect(results.filter((it) => it === "open")).toHaveLength(1)
  expect(await opens(ticket)).toContain("403")
  const late = await ask()
  await control.advance(30_001)
  expect(await opens(late)).toContain("403")
  const others = [
    "null",
    "http://app.example.com",
    `${ORIGIN}:8443`,
    `${ORIGIN}.evil.example`,
    "https://evil.example",
    "https://app.example.co",
    "https://xapp.example.com",
    "https://example.com",
    "https://APP.example.com",
    `${ORIGIN}/`,
    "https://app.example.com@evil.example",
    "file://",
    "https://app.example.com.",
    "https://app%2eexample.com",
    "chrome-extension://app.example.com",
    "https://app.example.com:443",
    "https://app.example.com,https://evil.example",
    "https://app.example.com\t.evil.example",
    "",
    undefined,
  ]
  const bound = await ask(ORIGIN)
  for (const origin of others) expect([origin, await opens(bound, origin)]).toEqual([origin, expect.stringContaining("403")])
  expect(await opens(bound, ORIGIN)).toBe("open")
  console.log(`of ${USES} sockets with one ticket 1 opened; ${others.length} other origins with a valid ticket: 0 opened`)
}, 120_000)

it("keeps a socket whose token was renewed in band, and closes the one whose token ended within a minute", async () => {
  await Promise.all([fresh(0), fresh(1)])
  const [kept, idle, busy] = await Promise.all([Socket.open(local, 0), Socket.open(local, 1), Socket.open(local, 1)])
  /** Sockets that say nothing for ten minutes are closed by the gateway. */
  for (let n = 0; n < 6; n++) {
    await control.advance(9 * MINUTE)
    for (const socket of [kept, idle, busy]) expect(await socket.ask("ping")).toMatchObject({ type: "ack" })
  }
  const token = await fresh(0)
  const { expiresAt } = await kept.ask("auth.refresh", { token })
  expect(expiresAt).toBeGreaterThan(local.cloud.now() + 59 * MINUTE)
  expect(await kept.ask("auth.refresh", { token: await fresh(1) })).toMatchObject({ type: "error", code: "auth.token" })
  expect(await kept.ask("auth.refresh", { token: `${token}x` })).toMatchObject({ type: "error", code: "auth.token" })
  await control.advance(7 * MINUTE)
  /** The sweep and the action race here: the answer, if there is one, is the same. */
  await busy.ask("ping").then(
    (frame) => expect(frame).toMatchObject({ type: "error", code: "auth.expired" }),
    () => undefined,
  )
  await until("both sockets of the old token are closed", async () => closed(idle) && closed(busy), 70_000)
  expect(await kept.ask("ping")).toMatchObject({ type: "ack" })
  expect(await kept.ask("room.join", { room: "rom_nowhere" })).toMatchObject({ type: "error" })
  kept.close()
}, 180_000)

it("finds exactly the sockets that died without a word", async () => {
  await Promise.all([0, 1, 2].map(fresh))
  const room = (await personOf(local, 0)("/rooms", { name: "Tunnel", visibility: "public" })).body.id
  const sockets = await Promise.all(Array.from({ length: 12 }, (_, n) => Socket.open(local, n % 3)))
  await Promise.all(sockets.map((socket) => socket.ask("room.join", { room })))
  await until("there are twelve rows", async () => (await rows()) === 12)
  const ids = (await control.sockets()).filter(({ open }) => open).map(({ connectionId }) => connectionId)
  expect(ids).toHaveLength(12)
  for (const id of ids.slice(0, 6)) await control.breakSocket(id, "blackhole")
  await control.advance(6 * MINUTE)
  const answers = await Promise.all(sockets.map((socket) => socket.ask("ping", {}, 3_000).catch(() => undefined)))
  expect(answers.filter((it) => it !== undefined)).toHaveLength(6)
  await control.advance(4 * MINUTE + 1_000)
  await until("six rows are left", async () => (await rows()) === 6, 90_000)
  const living = sockets.filter((_, n) => answers[n])
  for (const socket of living) expect(await socket.ask("ping")).toMatchObject({ type: "ack" })
  await control.advance(MINUTE)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect(await rows()).toBe(6)
  for (const socket of sockets) socket.close()
}, 180_000)

it("closes every socket of somebody who was disabled, within a minute", async () => {
  await Promise.all([fresh(0), fresh(2)])
  const [theirs, alsoTheirs, other] = await Promise.all([Socket.open(local, 2), Socket.open(local, 2), Socket.open(local, 0)])
  const Username = local.users[2]!.email
  const { status } = await local.cloud.call({
    service: "cognito-idp",
    target: "AWSCognitoIdentityProviderService.AdminDisableUser",
    body: { UserPoolId: pool(), Username },
  })
  expect(status).toBe(200)
  await control.advance(MINUTE)
  await until("their sockets are closed", async () => closed(theirs) && closed(alsoTheirs), 70_000)
  expect(await other.ask("ping")).toMatchObject({ type: "ack" })
  other.close()
}, 120_000)
