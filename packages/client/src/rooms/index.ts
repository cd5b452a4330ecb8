import type { Client } from "../http.ts"
import type { Socket } from "../socket/index.ts"
import type { Person } from "../wire.ts"
import { createRoom, type RoomHandle } from "./room.ts"
import { emptyUnsent, readUnsent, roomsWithUnsent, type UnsentStore, writeUnsent } from "./store.ts"

interface Options {
  client: Pick<Client, "rooms" | "me">
  socket: Pick<Socket, "onFrame" | "onState" | "request" | "state">
  /** Keeps unsent messages over a reload; in a browser sessionStorage, so that they end with the tab. */
  store?: UnsentStore
  random?: () => number
  checkEveryMs?: number
}

/** The rooms of one connection, each made once. */
export function createRooms({ client, socket, store, random, checkEveryMs }: Options) {
  const rooms = new Map<string, RoomHandle>()
  let me: Person | undefined
  let asking: Promise<void> | undefined

  /** Own messages carry the own name as soon as it is known; until then the room's log tells them. */
  function askWho(): void {
    if (me) return
    asking ??= client
      .me()
      .then(({ id, userId, name = "", number = 0 }) => void (me = { id: id ?? userId ?? "", name, number }))
      .catch(() => undefined)
      .finally(() => (asking = undefined))
  }

  function room(id: string, { after }: { after?: { epoch: string; seq: number } } = {}): RoomHandle {
    const known = rooms.get(id)
    if (known) return known
    askWho()
    const made = createRoom({
      id,
      client,
      socket,
      after,
      random,
      checkEveryMs,
      me: () => (askWho(), me),
      unsent: store && readUnsent(store, id),
      kept: (unsent) => store && writeUnsent(store, id, unsent),
    })
    rooms.set(id, made)
    return made
  }

  return {
    /** Sends what was not sent before a reload, whichever rooms are looked at. */
    resume(): void {
      for (const id of store ? roomsWithUnsent(store) : []) {
        const each = room(id)
        each.enter()
        each.leave()
      }
    },
    /** The room of that id; nothing is sent before its `enter`. With `after` it goes on from a position of an earlier visit. */
    room,
    /** Forgets all rooms, also what was not sent (someone signed out). */
    clear(): void {
      for (const each of rooms.values()) each.close()
      rooms.clear()
      me = undefined
      if (store) emptyUnsent(store)
    },
  }
}

export type Rooms = ReturnType<typeof createRooms>
