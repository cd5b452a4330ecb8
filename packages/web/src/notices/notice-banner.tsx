import { type Notice, watchNotices } from "@backline/client"
import { Megaphone, X } from "lucide-react"
import { useEffect, useState } from "react"
import { Link } from "react-router"
import { clockTime } from "../rooms/days.ts"
import { useRoomInfo } from "../rooms/queries.ts"
import { useServices } from "../services.tsx"
import "./notices.css"

/** More would be all there is to see on a small screen; the newest stay. */
const MOST = 3

function RoomName({ id }: { id: string }) {
  const { data } = useRoomInfo(id)
  return (
    <Link to={`/rooms/${id}`}>
      <bdi>{data?.name ?? "a room"}</bdi>
    </Link>
  )
}

/**
 * What was announced, on every page, until it is dismissed. Read out once, when it comes: the place of the notices is there before them, and nothing in
 * them changes with time.
 */
export function NoticeBanner() {
  const { socket } = useServices()
  const [notices, setNotices] = useState<readonly Notice[]>([])
  useEffect(() => watchNotices(socket, (notice) => setNotices((before) => [...before, notice].slice(-MOST))), [socket])
  const dismiss = (id: string) => setNotices((before) => before.filter((each) => each.id !== id))
  return (
    <div role="status" aria-atomic="false" aria-relevant="additions" className="notices">
      {notices.map(({ id, text, by, room, at }) => (
        <div key={id} className="notice" data-testid="notice">
          <Megaphone size={16} aria-hidden />
          <div className="notice-words">
            <p dir="auto">{text}</p>
            <small>
              <bdi>{by.name}</bdi>
              {room === undefined ? " to everybody" : " in "}
              {room !== undefined && <RoomName id={room} />}
              <span className="tabular"> · {clockTime(at)}</span>
            </small>
          </div>
          <button type="button" className="icon-button" aria-label="Dismiss the announcement" onClick={() => dismiss(id)}>
            <X size={15} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  )
}
