import { type RoomHandle, type RoomView, toApiError } from "@backline/client"
import { DoorClosed, Users } from "lucide-react"
import { lazy, Suspense, useEffect, useState } from "react"
import { Link } from "react-router"
import { useServices } from "../services.tsx"
import { PageHeader } from "../shell/page-header.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { useMedia } from "../ui/use-media.ts"
import { CallButton } from "./call/call-button.tsx"
import { useCalls } from "./call/use-calls.ts"
import { MembersPanel } from "./members-panel.tsx"
import { MessageList } from "./message-list.tsx"
import { NewsAnnouncer } from "./news-announcer.tsx"
import { useRoomInfo } from "./queries.ts"
import { RoomComposer } from "./room-composer.tsx"
import { TypingLine } from "./typing-line.tsx"
import { useMyId, useRoom } from "./use-room.ts"

const CallPanel = lazy(() => import("./call/call-panel.tsx"))

/** A busy room changes its line in the list at most this often. */
const LIST_MS = 1_500
/** Farther back nobody looks for what they just wrote. */
const RECENT = 50

function lastOf(room: RoomHandle, { head }: RoomView, me: string | undefined): number | undefined {
  for (let seq = head; seq > Math.max(0, head - RECENT); seq--) if (room.at(seq)?.user.id === me) return seq
  return undefined
}

/** One room: its messages, who is there, and where one writes. */
export function RoomPane({ id }: { id: string }) {
  const { queries } = useServices()
  const info = useRoomInfo(id)
  const { room, view } = useRoom(id)
  const me = useMyId()
  const roomy = useMedia("(min-width: 1240px)")
  const { call } = useCalls()
  /** Whether its panel was opened or closed here; else it is open while one is in the call. */
  const [callOpened, setCallOpened] = useState<boolean>()
  const showsCall = callOpened ?? (call.room === id && call.step !== "idle")
  const [drawer, setDrawer] = useState(false)
  const [editing, setEditing] = useState<number>()
  const isLoaded = view.epoch !== undefined

  // Coming in may have made one a member; what is said here is the newest line of the list.
  useEffect(() => {
    if (!isLoaded) return
    const refresh = () => void queries.invalidateQueries({ queryKey: ["rooms"], exact: true })
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = room.onEvent(({ type }) => {
      if (type === "message") timer ??= setTimeout(() => ((timer = undefined), refresh()), LIST_MS)
    })
    refresh()
    return () => {
      stop()
      clearTimeout(timer)
      refresh()
    }
  }, [isLoaded, queries, room])

  const refused = view.status === "refused"
  const name = info.data?.name ?? "Room"
  return (
    <>
      <PageHeader title={name}>
        {isLoaded && !refused && (
          <CallButton count={view.call.length} isOpen={showsCall} onToggle={() => setCallOpened(!showsCall)} />
        )}
        {isLoaded && !refused && !roomy && (
          <button
            type="button"
            className="button button-quiet button-small"
            data-testid="open-members"
            aria-label={`${view.present.size} here`}
            onClick={() => setDrawer(true)}
          >
            <Users size={15} aria-hidden /> <span className="tabular">{view.present.size}</span> here
          </button>
        )}
      </PageHeader>
      <div className="room">
        <div className="room-main">
          {isLoaded && !refused && showsCall && (
            <Suspense>
              <CallPanel id={id} view={view} me={me} onClose={() => setCallOpened(false)} />
            </Suspense>
          )}
          {refused ? (
            <div className="page-body">
              <EmptyState icon={DoorClosed} title="This room is not open to you">
                <p>{view.error?.message ?? "It does not exist, or you are not invited."}</p>
                <Link to="/rooms" className="button button-primary">
                  See your rooms
                </Link>
              </EmptyState>
            </div>
          ) : !isLoaded ? (
            <div className="page-body">
              {view.error && toApiError(view.error).status !== 404 ? (
                <ErrorState title="This room did not load yet" error={view.error} />
              ) : (
                <Skeleton lines={8} label="The room is loading" className="room-loading" />
              )}
            </div>
          ) : (
            <MessageList
              key={view.epoch}
              room={room}
              view={view}
              me={me}
              unread={info.data?.unread ?? 0}
              editing={editing}
              onEdit={setEditing}
            />
          )}
          {!refused && (
            <>
              <TypingLine people={view.typing} />
              <RoomComposer room={room} view={view} me={me} name={name} onEditLast={() => setEditing(lastOf(room, view, me))} />
            </>
          )}
        </div>
        {roomy && isLoaded && !refused && (
          <aside className="room-side" aria-label="People in this room">
            <MembersPanel id={id} view={view} me={me} info={info.data} />
          </aside>
        )}
      </div>
      {drawer && !roomy && (
        <Dialog title="People in this room" className="drawer drawer-right" quietTitle onClose={() => setDrawer(false)}>
          <MembersPanel id={id} view={view} me={me} info={info.data} onClose={() => setDrawer(false)} />
        </Dialog>
      )}
      <NewsAnnouncer room={room} me={me} />
    </>
  )
}
