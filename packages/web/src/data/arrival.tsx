import type { QuarantinedRecord } from "@backline/client"
import { CircleCheck } from "lucide-react"
import { formatMoment } from "../format/time.ts"
import { useProgress } from "../live/use-progress.ts"
import style from "./data.module.css"

/** What became of a record: discarded, or the event it is now and whether the warehouse has that. */
export function Arrival({ record, onClose }: { record: QuarantinedRecord; onClose(): void }) {
  const { progress } = useProgress()
  const { position, eventId, decidedAt = record.at } = record
  const shard = progress?.shards.find((each) => each.stream === position?.stream && each.shard === position.shard)
  const isLoaded = position && shard?.loaded ? BigInt(shard.loaded) >= BigInt(position.sequence) : false
  return (
    <>
      {record.text !== undefined && <code className={style.bytes}>{record.text}</code>}
      <p role="status" className={style.outcome} data-testid="quarantine-outcome">
        {record.state === "discarded" ? (
          `Discarded on ${formatMoment(decidedAt)}.`
        ) : isLoaded ? (
          <>
            <CircleCheck size={16} aria-hidden /> Event {eventId} is in the warehouse.
          </>
        ) : (
          <>
            <span className="spinner" aria-hidden /> Event {eventId} was sent. Waiting until the warehouse has it.
          </>
        )}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button button-secondary" onClick={onClose}>
          Close
        </button>
      </div>
    </>
  )
}
