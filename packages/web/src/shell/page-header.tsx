import { Menu } from "lucide-react"
import { type ReactNode, useEffect } from "react"
import { LiveBar } from "../live/live-bar.tsx"
import { useShell } from "./context.ts"

/** Title and actions of a page; where the shell has no room beside it, also the way to what is in its drawers. */
export function PageHeader({ title, children }: { title: string; children?: ReactNode }) {
  const { wide, roomy, openList } = useShell()
  useEffect(() => {
    document.title = title === "Backline" ? title : `${title} · Backline`
  }, [title])
  return (
    <header className="page-header">
      <div className="page-header-row">
        {!wide && (
          <button
            type="button"
            className="icon-button"
            data-testid="open-list"
            aria-label="Open the list of conversations"
            onClick={openList}
          >
            <Menu size={18} aria-hidden />
          </button>
        )}
        <h1 title={title}>
          <bdi>{title}</bdi>
        </h1>
        <div className="page-header-actions">{children}</div>
      </div>
      {!roomy && <LiveBar />}
    </header>
  )
}
