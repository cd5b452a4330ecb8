import { useEffect, useState, useSyncExternalStore } from "react"
import { WifiOff } from "lucide-react"
import { useServices } from "../services.tsx"

/** A short break mends itself; a banner for each would only be noise. */
const PATIENCE_MS = 2_500

function subscribeOnline(listener: () => void) {
  addEventListener("online", listener)
  addEventListener("offline", listener)
  return () => {
    removeEventListener("online", listener)
    removeEventListener("offline", listener)
  }
}

/** Says that the connection is gone and that nothing is lost by it. */
export function ConnectionBanner() {
  const { socket } = useServices()
  const state = useSyncExternalStore(socket.onState, () => socket.state)
  const online = useSyncExternalStore(subscribeOnline, () => navigator.onLine)
  const down = state === "waiting" || state === "connecting"
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!down) return
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => {
      clearTimeout(timer)
      setLate(false)
    }
  }, [down])
  /** Too many pages: waiting alone does not mend that. */
  const isFull = socket.lastError?.code === "limit.connections"
  const shown = !online || (down && late)
  return (
    <div role="status" className="banner-place">
      {shown && (
        <div className="banner" data-testid="connection-banner">
          {online ? <span className="spinner" aria-hidden /> : <WifiOff size={15} aria-hidden />}
          <span>
            {!online ? "You are offline." : isFull ? socket.lastError?.message : "Reconnecting…"}{" "}
            {!isFull && <span className="banner-more">What you send waits here and goes out by itself.</span>}
          </span>
          {online && (
            <button type="button" className="button button-small" onClick={() => socket.nudge()}>
              Try now
            </button>
          )}
        </div>
      )}
    </div>
  )
}
