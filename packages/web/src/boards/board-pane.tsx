import { BookOpen, Columns2, FileX, History, Pencil, Settings2 } from "lucide-react"
import { useEffect, useState } from "react"
import { Link } from "react-router"
import { useQuery } from "@tanstack/react-query"
import { useServices } from "../services.tsx"
import { useShell } from "../shell/context.ts"
import { PageHeader } from "../shell/page-header.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { BoardDialog } from "./board-dialog.tsx"
import { Editor } from "./editor.tsx"
import { Peers } from "./peers.tsx"
import { Preview } from "./preview.tsx"
import { useBoardInfo } from "./queries.ts"
import { SavedState } from "./saved-state.tsx"
import { HUES, useBoard, usePeers } from "./use-board.ts"
import { VersionsPanel } from "./versions-panel.tsx"

const MODES = [
  { mode: "write", label: "Write", icon: Pencil },
  { mode: "both", label: "Both", icon: Columns2 },
  { mode: "read", label: "Read", icon: BookOpen },
] as const

/** A board: the text, how it reads, and who else is writing. */
export function BoardPane({ id }: { id: string }) {
  const { client } = useServices()
  const { wide } = useShell()
  const info = useBoardInfo(id)
  const { board, view } = useBoard(id)
  const peers = usePeers(board)
  const me = useQuery({ queryKey: ["me"], queryFn: ({ signal }) => client.me(signal), staleTime: Number.POSITIVE_INFINITY })
  const [chosen, setMode] = useState<(typeof MODES)[number]["mode"]>("both")
  const [open, setOpen] = useState<"versions" | "settings">()
  const mode = !wide && chosen === "both" ? "write" : chosen
  const { name, number } = me.data ?? {}

  useEffect(() => {
    if (board && name !== undefined) board.awareness.setLocalState({ user: { name, hue: (number ?? 0) % HUES } })
  }, [board, name, number])

  const title = info.data?.title ?? "Board"
  if (view.status === "refused")
    return (
      <>
        <PageHeader title="Board" />
        <div className="page-body">
          <EmptyState icon={FileX} title="This board is not open to you">
            <p>{view.error?.message}</p>
            <Link to="/boards" className="button button-primary">
              See your boards
            </Link>
          </EmptyState>
        </div>
      </>
    )
  return (
    <>
      <PageHeader title={title}>
        <SavedState view={view} />
        <Peers peers={peers} />
        <div className="segments board-modes" role="radiogroup" aria-label="What to show">
          {MODES.filter((each) => wide || each.mode !== "both").map(({ mode: value, label, icon: Icon }) => (
            <button
              key={value}
              type="button"
              role="radio"
              aria-checked={mode === value}
              aria-label={label}
              title={label}
              className="segment"
              data-testid={`mode-${value}`}
              onClick={() => setMode(value)}
            >
              <Icon size={15} aria-hidden />
            </button>
          ))}
        </div>
        <button
          type="button"
          className="icon-button"
          data-testid="open-versions"
          aria-label="Versions"
          title="Versions"
          onClick={() => setOpen("versions")}
        >
          <History size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Title and people"
          title="Title and people"
          disabled={!info.data}
          onClick={() => setOpen("settings")}
        >
          <Settings2 size={16} aria-hidden />
        </button>
      </PageHeader>
      {!board || !view.isLoaded ? (
        <div className="page-body">
          {view.error ? (
            <ErrorState title="This board did not load yet" error={view.error} />
          ) : (
            <Skeleton lines={9} label="The board is loading" className="page board-loading" />
          )}
        </div>
      ) : (
        <div className="board" data-mode={mode}>
          {mode !== "read" && <Editor board={board} title={title} />}
          {mode !== "write" && (
            <section className="preview" aria-label="How it reads" tabIndex={0}>
              <Preview board={board} />
            </section>
          )}
        </div>
      )}
      {open === "versions" && (
        <Dialog title="Versions" className="drawer drawer-right" quietTitle onClose={() => setOpen(undefined)}>
          <VersionsPanel id={id} onClose={() => setOpen(undefined)} />
        </Dialog>
      )}
      {open === "settings" && info.data && <BoardDialog board={info.data} onClose={() => setOpen(undefined)} />}
    </>
  )
}
