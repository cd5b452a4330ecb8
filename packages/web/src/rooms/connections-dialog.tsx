import { type Person, toApiError } from "@backline/client"
import { useMutation, useQuery } from "@tanstack/react-query"
import { Radio } from "lucide-react"
import { Link } from "react-router"
import { formatAgo } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { useServices } from "../services.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { toast } from "../ui/toast.tsx"
import { clockTime } from "./days.ts"

/** More than anybody has pages open. */
const PAGE = 100
const AGAIN_MS = 5_000

/** A person's live connections, for administrators: closes one of them or all. */
export function ConnectionsDialog({ person: { id, name }, onClose }: { person: Person; onClose: () => void }) {
  const { client, queries } = useServices()
  const now = useNow()
  const live = useQuery({
    queryKey: ["connections", id],
    queryFn: ({ signal }) => client.people.connections.list(id, { limit: PAGE }, signal),
    refetchInterval: AGAIN_MS,
  })
  const close = useMutation({
    mutationFn: (connection: string | undefined) => client.people.connections.close(id, connection),
    onSuccess: ({ closed }, connection) => {
      void queries.invalidateQueries({ queryKey: ["connections", id] })
      if (connection !== undefined) return
      toast(closed === 1 ? `Closed one connection of ${name}.` : `Closed ${closed} connections of ${name}.`)
      onClose()
    },
    onError: (error) => toast(toApiError(error).message),
  })
  const items = live.data?.items ?? []
  return (
    <Dialog title={`Connections of ${name}`} onClose={onClose}>
      <p>Pages connect again by themselves after a moment. To keep somebody out, disable their account.</p>
      {live.isPending && <p>Looking for connections…</p>}
      {live.isError && <p role="alert">{toApiError(live.error).message}</p>}
      {live.data && items.length === 0 && <p>Nothing of theirs is connected.</p>}
      <ul className="people connections" data-testid="connections">
        {items.map(({ connectionId, role, connectedAt, expiresAt }, index) => (
          <li key={connectionId} className="person-choice" data-testid="connection">
            <span className="connection-words">
              Opened {formatAgo(connectedAt, now)}
              <small className="tabular">
                {role} · signed in until {clockTime(expiresAt)}
              </small>
            </span>
            <button
              type="button"
              className="button button-secondary button-small"
              aria-label={`Close connection ${index + 1} of ${items.length}`}
              disabled={close.isPending}
              onClick={() => close.mutate(connectionId)}
            >
              Close
            </button>
          </li>
        ))}
      </ul>
      {live.data?.next && <p>There are more than these.</p>}
      <div className="dialog-actions">
        <Link
          to={`/trace/person/${id}`}
          state={{ name }}
          className="button button-quiet connections-trace"
          data-testid="trace-person"
        >
          <Radio size={15} aria-hidden /> Trace
        </Link>
        <button type="button" className="button button-secondary" autoFocus onClick={onClose}>
          Keep them
        </button>
        <button
          type="button"
          className="button button-danger"
          data-testid="close-connections"
          disabled={items.length === 0 || close.isPending}
          onClick={() => close.mutate(undefined)}
        >
          Close all
        </button>
      </div>
    </Dialog>
  )
}
