import type { DocumentHandle, DocumentView } from "@backline/client/documents"
import { useCallback, useRef, useSyncExternalStore } from "react"
import { useServices } from "../services.tsx"
import { boardsOf } from "./open-boards.ts"

const JOINING: DocumentView = { status: "joining", isLoaded: false, isSaved: true }
const nothing = () => () => undefined

/** A board that is open while the component is there. */
export function useBoard(id: string): { board: DocumentHandle | undefined; view: DocumentView } {
  const services = useServices()
  const held = useRef<DocumentHandle>(undefined)
  const subscribe = useCallback(
    (changed: () => void) => {
      const boards = boardsOf(services)
      held.current = boards.take(id)
      changed()
      return () => {
        held.current = undefined
        boards.release(id)
      }
    },
    [services, id],
  )
  const board = useSyncExternalStore(subscribe, () => held.current)
  const view = useSyncExternalStore(board?.subscribe ?? nothing, board?.get ?? (() => JOINING))
  return { board, view }
}

export interface Peer {
  client: number
  name: string
  hue: number
}

interface AwarenessUser {
  name?: unknown
  hue?: unknown
}

/** Others' words are shown, never trusted. */
export function peerOf(client: number, state: { user?: AwarenessUser } | undefined): Peer {
  const { name, hue } = state?.user ?? {}
  return {
    client,
    name: typeof name === "string" && name !== "" ? name.slice(0, 60) : "Somebody",
    hue: typeof hue === "number" && Number.isInteger(hue) && hue >= 0 && hue < HUES ? hue : client % HUES,
  }
}

export const HUES = 6

/** Who else is on the board, each tab once. */
export function usePeers(board: DocumentHandle | undefined): readonly Peer[] {
  const known = useRef<readonly Peer[]>([])
  const subscribe = useCallback(
    (changed: () => void) => {
      board?.awareness.on("change", changed)
      return () => board?.awareness.off("change", changed)
    },
    [board],
  )
  // The same list stays the same list: awareness changes with every move of a cursor.
  return useSyncExternalStore(subscribe, () => {
    const states = board ? [...board.awareness.getStates()].filter(([client]) => client !== board.doc.clientID) : []
    const next = states.map(([client, state]) => peerOf(client, state as { user?: AwarenessUser }))
    if (JSON.stringify(known.current) !== JSON.stringify(next)) known.current = next
    return known.current
  })
}
