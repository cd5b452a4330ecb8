import { type Client, createRooms, type Rooms, type Session, type Socket } from "@backline/client"

/** Of what a tab has, as far as rooms need it. */
interface Services {
  client: Client
  socket: Socket
  session: Session
}

const made = new WeakMap<Services, Rooms>()

/** The rooms of this tab, made when the first page needs them; signing out forgets them. */
export function roomsOf(services: Services): Rooms {
  const known = made.get(services)
  if (known) return known
  const { client, socket, session } = services
  const rooms = createRooms({ client, socket, store: sessionStorage })
  session.onChange(() => session.state === "out" && rooms.clear())
  made.set(services, rooms)
  return rooms
}
