import { type Socket, type Tap, type TapTarget, type TapView, watchTap } from "@backline/client"
import { useMemo, useSyncExternalStore } from "react"
import { useServices } from "../services.tsx"

const STARTING: TapView = { status: "starting", lines: [], leftOut: 0 }
const nothing = () => () => undefined

/** A trace that runs while somebody listens; what it caught stays after that. Tells once for each frame of the screen at most. */
function traceOf(socket: Socket, target: TapTarget) {
  let tap: Tap | undefined
  let view = STARTING
  return {
    get: () => view,
    listen(listener: () => void): () => void {
      const made = (tap = watchTap(socket, target))
      view = made.get()
      let frame: number | undefined
      made.subscribe(() => {
        frame ??= requestAnimationFrame(() => {
          frame = undefined
          view = made.get()
          listener()
        })
      })
      return () => {
        if (frame !== undefined) cancelAnimationFrame(frame)
        view = made.get()
        made.close()
      }
    },
    clear: () => tap?.clear(),
    retry: () => tap?.retry(),
  }
}

/** What passes through a room, or what a person's connections do, while the component is there and `isOn`. */
export function useTap(kind: "room" | "person", id: string, isOn: boolean) {
  const { socket } = useServices()
  const trace = useMemo(() => traceOf(socket, kind === "room" ? { room: id } : { user: id }), [socket, kind, id])
  return { view: useSyncExternalStore(isOn ? trace.listen : nothing, trace.get), clear: trace.clear, retry: trace.retry }
}
