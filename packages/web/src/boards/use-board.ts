import type { DocumentHandle, DocumentView } from "@backline/client/documents"
import { useCallback, useEffect, useState, useSyncExternalStore } from "react"
import { useServices } from "../services.tsx"
import { boardsOf } from "./open-boards.ts"

const JOINING: DocumentView = { status: "joining", isLoaded: false, isSaved: true }
const nothing = () => () => undefined

/** A board that is open while the component is there. */
export function useBoard(id: string): { board: DocumentHandle | undefined; view: DocumentView } {
  const services = useServices()
  const [board, setBoard] = useState<DocumentHandle>()
  useEffect(() => {
    const boards = boardsOf(services)
    setBoard(boards.take(id))
    return () => {
      setBoard(undefined)
      boards.release(id)
    }
  }, [services, id])
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
  const [peers, setPeers] = useState<readonly Peer[]>([])
  const read = useCallback(() => {
    if (!board) return setPeers([])
    const states = [...board.awareness.getStates()].filter(([client]) => client !== board.doc.clientID)
    const next = states.map(([client, state]) => peerOf(client, state as { user?: AwarenessUser }))
    setPeers((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next))
  }, [board])
  useEffect(() => {
    read()
    board?.awareness.on("change", read)
    return () => board?.awareness.off("change", read)
  }, [board, read])
  return peers
}
