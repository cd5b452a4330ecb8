import { type Tap, type TapTarget, type TapView, watchTap } from "@backline/client"
import { useCallback, useEffect, useState, useSyncExternalStore } from "react"
import { useServices } from "../services.tsx"

const STARTING: TapView = { status: "starting", lines: [], leftOut: 0 }

/** A trace that runs while the component is there and `isOn`; what it caught stays after it is off. Drawn once for each frame of the screen at most. */
export function useTap(kind: "room" | "person", id: string, isOn: boolean): { view: TapView; tap: Tap | undefined } {
  const { socket } = useServices()
  const [tap, setTap] = useState<Tap>()
  useEffect(() => {
    if (!isOn) return
    const target: TapTarget = kind === "room" ? { room: id } : { user: id }
    const made = watchTap(socket, target)
    setTap(made)
    return () => made.close()
  }, [socket, kind, id, isOn])
  const subscribe = useCallback(
    (listener: () => void) => {
      let frame: number | undefined
      const stop = tap?.subscribe(() => {
        frame ??= requestAnimationFrame(() => {
          frame = undefined
          listener()
        })
      })
      return () => {
        stop?.()
        if (frame !== undefined) cancelAnimationFrame(frame)
      }
    },
    [tap],
  )
  return { view: useSyncExternalStore(subscribe, () => tap?.get() ?? STARTING), tap }
}
