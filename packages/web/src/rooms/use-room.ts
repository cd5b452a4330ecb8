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

/** The id of who is signed in, once it is known. */
export function useMyId(): string | undefined {
  const { client } = useServices()
  const me = useQuery({ queryKey: ["me"], queryFn: ({ signal }) => client.me(signal), staleTime: Number.POSITIVE_INFINITY })
  return me.data?.userId ?? me.data?.id
}
