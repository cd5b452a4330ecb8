import { type RoomHandle, toApiError, type Unsent } from "@backline/client"
import { CircleAlert, Clock } from "lucide-react"
import { useEffect, useState } from "react"

/** A message that is taken at once needs no mark. */
const PATIENCE_MS = 900

/** A message of this person that the service does not have yet. */
export function UnsentRow({ room, message, isDown }: { room: RoomHandle; message: Unsent; isDown: boolean }) {
  const [late, setLate] = useState(isDown)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), isDown ? 0 : PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isDown])
  const refused = message.state === "refused"
  return (
    <article
      className="message message-unsent"
      data-testid="unsent"
      data-state={message.state}
      aria-label="Not sent yet"
      tabIndex={0}
    >
      <div className="message-body">
        <div className="message-side" aria-hidden>
          {refused ? (
            <CircleAlert size={16} className="unsent-refused-icon" />
          ) : (
            late && <Clock size={14} className="unsent-icon" />
          )}
        </div>
        <div className="message-main">
          <p className="message-text message-plain">{message.text}</p>
          {refused ? (
            <p className="unsent-note unsent-refused" role="alert">
              {toApiError(message.error).message}{" "}
              <button type="button" className="link" onClick={() => room.retry(message.clientId)}>
                Try again
              </button>{" "}
              <button type="button" className="link" onClick={() => room.discard(message.clientId)}>
                Discard
              </button>
            </p>
          ) : (
            late && (
              <p className="unsent-note">
                Not sent yet{isDown ? ": it goes out by itself when the connection is back." : "…"}{" "}
                {message.state === "waiting" && isDown && (
                  <button type="button" className="link" onClick={() => room.discard(message.clientId)}>
                    Discard
                  </button>
                )}
              </p>
            )
          )}
        </div>
      </div>
    </article>
  )
}
