import type { Room } from "@backline/client"
import { Hash, Lock, MessagesSquare } from "lucide-react"
import { NavLink, useMatch } from "react-router"
import { shortAgo } from "./days.ts"
import { useLastMessage } from "./queries.ts"
import { lastWords } from "./last-words.ts"

export const ROOM_ICON = { public: Hash, private: Lock, direct: MessagesSquare } as const
const MOST_SHOWN = 99

/** A line of the list: what the room is, its newest message, and how many are unread. */
export function RoomRow({ room, now, onPick }: { room: Room; now: number; onPick?: () => void }) {
  const Icon = ROOM_ICON[room.visibility]
  const isOpen = useMatch("/rooms/:roomId")?.params.roomId === room.id
  const last = useLastMessage(room).data
  // Whoever looks at a room has read it; the count of the list is a moment behind.
  const unread = isOpen ? 0 : (room.unread ?? 0)
  return (
    <li>
      <NavLink
        to={`/rooms/${room.id}`}
        className="room-link"
        data-testid="room-item"
        data-unread={unread > 0 || undefined}
        onClick={onPick}
      >
        <Icon size={15} aria-hidden />
        <span className="room-text">
          <bdi className="room-name">{room.name}</bdi>
          <span className="room-last">
            {last ? (
              <>
                <bdi>{last.user.name}</bdi>: <bdi>{lastWords(last)}</bdi>
              </>
            ) : room.role ? (
              "No messages yet"
            ) : (
              "Enter and read"
            )}
          </span>
        </span>
        <span className="room-end">
          {last && <time className="tabular">{shortAgo(last.at, now)}</time>}
          {unread > 0 && (
            <span className="room-unread tabular" data-testid="unread">
              {unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}
              <span className="sr-only"> unread</span>
            </span>
          )}
        </span>
      </NavLink>
    </li>
  )
}
