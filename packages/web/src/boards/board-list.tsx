import { FileText, Plus } from "lucide-react"
import { useState } from "react"
import { NavLink } from "react-router"
import { formatAgo } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { ShowMore, SideProblem } from "../ui/side-list.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { BoardDialog } from "./board-dialog.tsx"
import { boardsIn, useBoards } from "./queries.ts"
import "../rooms/room-list.css"

/** Boards one owns or was given, the newest first. */
export function BoardList({ onPick }: { onPick?: () => void }) {
  const { data, isPending, isError, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useBoards()
  const [creating, setCreating] = useState(false)
  const now = useNow(30_000)
  const boards = boardsIn(data)
  return (
    <div className="rooms-side">
      <button
        type="button"
        className="button button-secondary rooms-new"
        data-testid="new-board"
        onClick={() => setCreating(true)}
      >
        <Plus size={15} aria-hidden /> New board
      </button>
      <div className="rooms-list" data-testid="board-list">
        {isPending && <Skeleton lines={5} label="Boards are loading" />}
        {isError && !data && <SideProblem error={error} onRetry={refetch} />}
        {data && boards.length === 0 && <p className="conversations-none">Your boards will be listed here.</p>}
        <ul>
          {boards.map(({ id, title, updatedAt, createdAt }) => (
            <li key={id}>
              <NavLink to={`/boards/${id}`} className="room-link" data-testid="board-item" onClick={onPick}>
                <FileText size={15} aria-hidden />
                <span className="room-text">
                  <bdi className="room-name">{title}</bdi>
                  <span className="room-last">Changed {formatAgo(updatedAt ?? createdAt, now)}</span>
                </span>
              </NavLink>
            </li>
          ))}
        </ul>
        <ShowMore of="boards" pages={{ hasNextPage, isFetchingNextPage, fetchNextPage }} />
      </div>
      {creating && <BoardDialog onClose={() => setCreating(false)} onDone={onPick} />}
    </div>
  )
}
