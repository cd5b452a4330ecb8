import { Plus } from "lucide-react"
import { useEffect, useState } from "react"
import { useNow } from "../format/use-now.ts"
import { ShowMore, SideProblem } from "../ui/side-list.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { CreateRoom } from "./create-room.tsx"
import { RoomRow } from "./room-row.tsx"
import { roomsIn, useRooms } from "./queries.ts"
import "./room-list.css"

/** Rooms that are listed without asking for more. */
const AT_ONCE = 60

/** Own rooms with what is new in them, then the public ones that may be entered. */
export function RoomList({ onPick }: { onPick?: () => void }) {
  const { data, isPending, isError, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useRooms()
  const [creating, setCreating] = useState(false)
  const now = useNow(60_000)
  // The service lists one's own rooms first, and the open ones on the pages after them.
  const wantsMore = hasNextPage && !isFetchingNextPage && roomsIn(data).length < AT_ONCE
  useEffect(() => {
    if (wantsMore) void fetchNextPage()
  }, [wantsMore, fetchNextPage])
  const all = roomsIn(data)
  const own = all.filter(({ role }) => role)
  const open = all.filter(({ role }) => !role)
  return (
    <div className="rooms-side">
      <button
        type="button"
        className="button button-secondary rooms-new"
        data-testid="new-room"
        onClick={() => setCreating(true)}
      >
        <Plus size={15} aria-hidden /> New room
      </button>
      <div className="rooms-list" data-testid="room-list">
        {isPending && <Skeleton lines={5} label="Rooms are loading" />}
        {isError && !data && <SideProblem error={error} onRetry={refetch} />}
        {data && all.length === 0 && !hasNextPage && (
          <p className="conversations-none">No rooms yet. Make the first one: public for everybody, or private for a few.</p>
        )}
        {own.length > 0 && (
          <section aria-label="Your rooms">
            <ul>
              {own.map((room) => (
                <RoomRow key={room.id} room={room} now={now} onPick={onPick} />
              ))}
            </ul>
          </section>
        )}
        {open.length > 0 && (
          <section aria-labelledby="open-rooms">
            <h2 id="open-rooms">Open to you</h2>
            <ul>
              {open.map((room) => (
                <RoomRow key={room.id} room={room} now={now} onPick={onPick} />
              ))}
            </ul>
          </section>
        )}
        <ShowMore of="rooms" pages={{ hasNextPage, isFetchingNextPage, fetchNextPage }} />
      </div>
      {creating && <CreateRoom onClose={() => setCreating(false)} onDone={onPick} />}
    </div>
  )
}
