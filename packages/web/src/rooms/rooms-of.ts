import { createRooms, type Rooms } from "@backline/client"
import type { Services } from "../services.tsx"

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
