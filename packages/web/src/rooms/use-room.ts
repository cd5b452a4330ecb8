import type { RoomHandle, RoomView } from "@backline/client"
import { useQuery } from "@tanstack/react-query"
import { useEffect, useMemo, useSyncExternalStore } from "react"
import { useServices } from "../services.tsx"
import { roomsOf } from "./rooms-of.ts"

/** A room that is listened to while the component is there. */
export function useRoom(id: string): { room: RoomHandle; view: RoomView } {
  const services = useServices()
  const room = useMemo(() => roomsOf(services).room(id), [services, id])
  const view = useSyncExternalStore(room.subscribe, room.get)
  useEffect(() => {
    room.enter()
    return () => room.leave()
  }, [room])
  return { room, view }
}

function useMe() {
  const { client } = useServices()
  return useQuery({ queryKey: ["me"], queryFn: ({ signal }) => client.me(signal), staleTime: Number.POSITIVE_INFINITY }).data
}

/** The id of who is signed in, once it is known. */
export function useMyId(): string | undefined {
  const me = useMe()
  return me?.userId ?? me?.id
}

/** Shows what administrators may do; the service decides. */
export const useIsAdmin = (): boolean => useMe()?.role === "admin"
