import { toApiError } from "@backline/client"
import { useMutation } from "@tanstack/react-query"
import { History, RotateCcw, X } from "lucide-react"
import { formatBytes } from "./bytes.ts"
import { formatAgo, formatMoment } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { useServices } from "../services.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { toast } from "../ui/toast.tsx"
import { useVersions } from "./queries.ts"

/** States of a board that were kept. Bringing one back is one more edit: nothing that was written since is gone for good. */
export function VersionsPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { client, queries } = useServices()
  const { data, isPending, isError, error, refetch } = useVersions(id)
  const now = useNow(30_000)
  const restore = useMutation({
    mutationFn: (version: number) => client.documents.restore(id, version, crypto.randomUUID()),
    onSuccess: () => {
      toast("The version is back, as one more edit.")
      void queries.invalidateQueries({ queryKey: ["boards", "versions", id] })
      onClose()
    },
    onError: (failure) => toast(toApiError(failure).message),
  })
  const versions = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <div className="versions">
      <header className="members-head">
        <h2>Versions</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <X size={18} aria-hidden />
        </button>
      </header>
      {isPending && <Skeleton lines={4} label="Versions are loading" />}
      {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && versions.length === 0 && (
        <EmptyState icon={History} title="No version yet">
          <p>One is kept for every hundred edits, and for every large one.</p>
        </EmptyState>
      )}
      <ul data-testid="versions">
        {versions.map(({ version, at, bytes }) => (
          <li key={version} className="version">
            <span className="member-name" title={formatMoment(at)}>
              {formatAgo(at, now)}
              <small className="tabular">
                edit {version} · {formatBytes(bytes)}
              </small>
            </span>
            <button
              type="button"
              className="button button-secondary button-small"
              data-testid="restore"
              disabled={restore.isPending}
              onClick={() => restore.mutate(version)}
            >
              <RotateCcw size={13} aria-hidden /> Restore
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
