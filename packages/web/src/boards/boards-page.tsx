import { FileText } from "lucide-react"
import { useParams } from "react-router"
import { PageHeader } from "../shell/page-header.tsx"
import { useShell } from "../shell/context.ts"
import { EmptyState } from "../ui/state.tsx"
import { BoardList } from "./board-list.tsx"
import { BoardPane } from "./board-pane.tsx"
import "./boards.css"

/** `/boards`: the list where there is no room beside the page for it; `/boards/:boardId`: a shared text. */
export default function BoardsPage() {
  const { boardId } = useParams()
  const { wide } = useShell()
  if (boardId) return <BoardPane key={boardId} id={boardId} />
  return (
    <>
      <PageHeader title="Boards" />
      <div className="page-body">
        {wide ? (
          <EmptyState icon={FileText} title="Pick a board, or make one">
            <p>A board is a text that several people write at the same time, also where the connection comes and goes.</p>
          </EmptyState>
        ) : (
          <BoardList />
        )}
      </div>
    </>
  )
}
