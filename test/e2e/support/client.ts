import { WebSocket } from "ws"
import { createClient, createRooms, createSocket, type RoomMessage } from "../../../packages/client/src/index.ts"
import type { Product } from "../../../packages/start/src/product.ts"
import { signIn } from "../../../packages/start/src/demo.ts"

/** A token's hour, less the minute in which it is renewed. */
const GOOD_MS = 59 * 60_000

const tokens = new WeakMap<Product, Map<number, { token: Promise<string>; at: number }>>()

/** A demo person's access token, signed in again where it is nearly over by the cloud's clock or was refused. */
function tokenOf(local: Product, person: number, fresh: boolean): Promise<string> {
  const kept = tokens.get(local) ?? new Map<number, { token: Promise<string>; at: number }>()
  tokens.set(local, kept)
  const known = kept.get(person)
  const at = local.cloud.now()
  /** Many clients of one person are refused at once; one new token is enough for them. */
  if (known && at - known.at < (fresh ? 5_000 : GOOD_MS)) return known.token
  const { email, password } = local.users[person]!
  const token = signIn(local.cloud, local.addresses.clientId, email, password)
  kept.set(person, { token, at })
  return token
}

/** Signs a demo person in again for calls of its own: the clock was moved beyond the end of the token in hand. */
export async function freshToken(local: Product, person: number): Promise<void> {
  local.users[person]!.accessToken = await tokenOf(local, person, true)
}

/** A lasting connection of a demo person, as pages have one. */
export function connectionOf(local: Product, person: number) {
  const getToken = ({ fresh = false } = {}) => tokenOf(local, person, fresh)
  const client = createClient({ httpUrl: local.addresses.http, getToken })
  const socket = createSocket({ getTicket: client.realtime.ticket, getToken, connect: (url) => new WebSocket(url) })
  return { client, socket }
}

/** The client that pages use, as a demo person, in a room: keeps what it was told, in the order in which it was told it. */
export function clientIn(local: Product, person: number, room: string, after?: { epoch: string; seq: number }) {
  const { client, socket } = connectionOf(local, person)
  const handle = createRooms({ client, socket }).room(room, { after })
  const seen: RoomMessage[] = []
  const counts = { joins: 0, resets: 0, opened: 0, refused: new Map<string, number>() }
  const request = socket.request
  socket.request = ((action: never, ...rest: [never]) => {
    if (action === "room.join") counts.joins++
    const asked = request(action, ...rest) as Promise<unknown>
    asked.catch(({ code }: { code: string }) => counts.refused.set(code, (counts.refused.get(code) ?? 0) + 1))
    return asked
  }) as typeof request
  socket.onState((state) => state === "open" && counts.opened++)
  handle.onEvent((event) => {
    if (event.type === "message") seen.push(event.message)
    if (event.type === "reset") counts.resets++
  })
  handle.enter()
  socket.start()
  return {
    handle,
    socket,
    seen,
    counts,
    /** Whether it holds everything up to a number and nothing of its own is left to be sent. */
    has: (seq: number) => handle.get().position === seq && handle.get().unsent.length === 0,
    close() {
      handle.close()
      socket.close()
    },
  }
}

export type RoomClient = ReturnType<typeof clientIn>
