import { WebSocket } from "ws"
import { createClient, createRooms, createSocket, type RoomHandle, type SocketState } from "../../packages/client/src/index.ts"
import type { Product } from "../../test/e2e/product.ts"
import type { Person } from "./people.ts"
import type { Entry } from "./reader.ts"
import { entryOf } from "./room-client.ts"

/** A lasting connection as any program has it, with the product's own client; `connect` may put something between. */
export function lasting(product: Product, person: Person, connect = (url: string) => new WebSocket(url)) {
  const getToken = () => person.token()
  const client = createClient({ httpUrl: product.http, getToken })
  const socket = createSocket({ getTicket: client.realtime.ticket, connect: (url) => connect(url) as never })
  return { client, socket }
}

export interface Tab {
  room: RoomHandle
  /** What it told its program, in that order. */
  told: Entry[]
  state(): SocketState
  /** How often it was connected. */
  opened(): number
  close(): void
}

/** A tab that looks at a room with the product's own client. */
export function tabOf(product: Product, person: Person, id: string): Tab {
  const { client, socket } = lasting(product, person)
  const told: Entry[] = []
  let opened = 0
  const room = createRooms({ client, socket }).room(id)
  room.onEvent((event) => {
    if (event.type === "message") told.push(entryOf(event.message))
  })
  socket.onState((state) => state === "open" && opened++)
  socket.start()
  room.enter()
  return { room, told, state: () => socket.state, opened: () => opened, close: () => (room.close(), socket.close()) }
}
