import type { Unsent } from "./outbox.ts"

export type UnsentStore = Pick<Storage, "getItem" | "setItem" | "removeItem">
type Kept = Pick<Unsent, "clientId" | "text" | "at">

const KEY = "backline.unsent"

function read(store: UnsentStore): Record<string, Kept[]> {
  try {
    return JSON.parse(store.getItem(KEY) ?? "{}") as Record<string, Kept[]>
  } catch {
    return {}
  }
}

/** Messages of a room that were not acknowledged before a reload. */
export const readUnsent = (store: UnsentStore, room: string): Kept[] => read(store)[room] ?? []

export const roomsWithUnsent = (store: UnsentStore): string[] => Object.keys(read(store))

/** A full store loses the copy, not the message: it is in memory too. */
export function writeUnsent(store: UnsentStore, room: string, unsent: readonly Unsent[]): void {
  const { [room]: _before, ...others } = read(store)
  const all = unsent.length > 0 ? { ...others, [room]: unsent.map(({ clientId, text, at }) => ({ clientId, text, at })) } : others
  try {
    if (Object.keys(all).length > 0) store.setItem(KEY, JSON.stringify(all))
    else store.removeItem(KEY)
  } catch {
    store.removeItem(KEY)
  }
}

export const emptyUnsent = (store: UnsentStore): void => store.removeItem(KEY)
