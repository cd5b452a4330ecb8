import { MessagesSquare } from "lucide-react"
import { useParams } from "react-router"
import { PageHeader } from "../shell/page-header.tsx"
import { useShell } from "../shell/context.ts"
import { EmptyState } from "../ui/state.tsx"
import { RoomList } from "./room-list.tsx"
import { RoomPane } from "./room-pane.tsx"
import "./rooms.css"

/** `/rooms`: the list where there is no room beside the page for it; `/rooms/:roomId`: a room. */
export default function RoomsPage() {
  const { roomId } = useParams()
  const { wide } = useShell()
  if (roomId) return <RoomPane key={roomId} id={roomId} />
  return (
    <>
      <PageHeader title="Rooms" />
      <div className="page-body">
        {wide ? (
          <EmptyState icon={MessagesSquare} title="Pick a room">
            <p>People and the assistant talk here. Nothing that is said gets lost, also where the connection does.</p>
          </EmptyState>
        ) : (
          <RoomList />
        )}
      </div>
    </>
  )
}
