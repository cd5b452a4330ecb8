import type { DocumentView } from "@backline/client/documents"
import { CircleAlert, CloudCheck, CloudOff, CloudUpload } from "lucide-react"

/** Whether what was written is safe, in a word. */
export function SavedState({ view: { status, isLoaded, isSaved, error } }: { view: DocumentView }) {
  if (!isLoaded) return null
  const down = status !== "live"
  const [Icon, text, says] = error
    ? ([CircleAlert, "Not saved", error.message] as const)
    : isSaved
      ? ([
          down ? CloudOff : CloudCheck,
          down ? "Offline" : "Saved",
          down ? "Edits are kept here and merged on return." : "Everybody has it.",
        ] as const)
      : down
        ? ([CloudOff, "Kept here", "Edits are kept here and merged when the connection is back."] as const)
        : ([CloudUpload, "Saving…", "On its way."] as const)
  return (
    <span className="saved" role="status" data-testid="saved" data-saved={isSaved} title={says}>
      <Icon size={15} aria-hidden /> <span className="saved-text">{text}</span>
    </span>
  )
}
