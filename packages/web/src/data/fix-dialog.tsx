import { useQuery } from "@tanstack/react-query"
import { formatMoment } from "../format/time.ts"
import { formatNumber } from "../format/number.ts"
import { useServices } from "../services.tsx"
import { CopyButton } from "../ui/copy-button.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { ErrorState } from "../ui/state.tsx"
import { Arrival } from "./arrival.tsx"
import style from "./data.module.css"
import { partsOf } from "./fix.ts"
import { FixForm } from "./fix-form.tsx"
import { shardNumber, streamName } from "./stream-name.ts"

/** One record whole: where it lies in its stream, why it is here, and the way back. */
export function FixDialog({ id, onClose }: { id: string; onClose(): void }) {
  const { client } = useServices()
  const query = useQuery({ queryKey: ["quarantined", id], queryFn: ({ signal }) => client.quarantine.get(id, signal) })
  const record = query.data
  return (
    <Dialog title="A quarantined record" className={`dialog ${style.dialog}`} onClose={onClose}>
      {query.isPending && <Skeleton lines={6} label="The record is loading" />}
      {query.isError && !record && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {record && (
        <>
          <dl className={style.facts}>
            <dt>Reason</dt>
            <dd data-testid="quarantine-reason">
              <bdi>{partsOf(record.reason).message}</bdi>
            </dd>
            <dt>Arrived</dt>
            <dd>
              {formatMoment(record.at)} in {streamName(record.stream)}, shard {shardNumber(record.shard)}
            </dd>
            <dt>Sequence</dt>
            <dd className={style.sequence}>
              <code>{record.sequence}</code> <CopyButton text={record.sequence} label="Copy the sequence number" small />
            </dd>
            <dt>Size</dt>
            <dd>
              {formatNumber(record.size)} bytes{record.text === undefined ? ", no text" : ""}
              {record.cut ? ", shown in part" : ""}
            </dd>
          </dl>
          {record.base64 !== undefined && <code className={style.bytes}>{record.base64}</code>}
          {record.state === "open" || record.state === "resubmitting" ? (
            <FixForm record={record} onClose={onClose} />
          ) : (
            <Arrival record={record} onClose={onClose} />
          )}
        </>
      )}
    </Dialog>
  )
}
