import { Radio } from "lucide-react"
import { formatNumber, formatShare } from "../format/number.ts"
import { formatAgo } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { useProgress } from "../live/use-progress.ts"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import style from "./data.module.css"
import { type Lane, laneKey, lanesOf } from "./lanes.ts"
import { formatWait, shardNumber, streamName } from "./stream-name.ts"

/** Longer than a load usually takes. */
const LATE_MS = 120_000

/** Every shard of every stream, live: what arrives, what the warehouse has not loaded yet, and whether one shard gets more than its part. */
export function StreamsPanel() {
  const { progress, lanes: samples, isPending, isError, error, refetch } = useProgress()
  const now = useNow(2_000)
  if (isPending) return <Skeleton lines={6} label="Streams are loading" />
  if (!progress) return <ErrorState title="Streams did not load" error={error} onRetry={() => void refetch()} />
  const lanes = lanesOf(progress, samples)
  if (lanes.length === 0)
    return (
      <EmptyState icon={Radio} title="Nothing has arrived yet">
        <p>
          Shards are listed here once they got an event. Send some with <code>npm run simulate</code>.
        </p>
      </EmptyState>
    )
  return (
    <>
      {isError && <p className={style.note}>No news from the platform; it is asked again by itself.</p>}
      <div className="table-box" tabIndex={0} role="group" aria-label="Streams">
        <table className="table" data-testid="data-streams">
          <caption className="sr-only">Shards of streams, what arrives in them, and how far the warehouse is behind</caption>
          <thead>
            <tr>
              <th scope="col">Stream</th>
              <th scope="col">Shard</th>
              <th scope="col" className="table-number">
                Last minute
              </th>
              <th scope="col">Warehouse</th>
              <th scope="col" className="table-number">
                Part of stream
              </th>
              <th scope="col" className="table-number">
                Events
              </th>
              <th scope="col" className="table-number">
                Quarantined
              </th>
              <th scope="col">Last event</th>
            </tr>
          </thead>
          <tbody>
            {lanes.map((lane) => (
              <LaneRow key={laneKey(lane)} lane={lane} now={now} />
            ))}
          </tbody>
        </table>
      </div>
      <p className={style.note}>
        The warehouse is behind by the age of the oldest file it has not loaded. Part of stream is by the last minute where
        something arrived in it, else by all events.
      </p>
    </>
  )
}

function LaneRow({ lane, now }: { lane: Lane; now: number }) {
  const { lately, seconds, share, isHot, behindMs, arrivedAt } = lane
  return (
    <tr className={style.lane}>
      <th scope="row" title={lane.stream}>
        {streamName(lane.stream)}
      </th>
      <td>{shardNumber(lane.shard)}</td>
      <td className="table-number">{seconds === 0 ? "–" : `${formatNumber(lately)} in ${seconds} s`}</td>
      <td className={behindMs > LATE_MS ? style.bad : undefined}>
        {behindMs === 0 ? "up to date" : `${formatWait(behindMs)} behind`}
      </td>
      <td className={`table-number ${isHot ? style.warn : ""}`}>
        {share === null ? "–" : formatShare(share)}
        {isHot && <small> uneven</small>}
      </td>
      <td className="table-number">{formatNumber(lane.events)}</td>
      <td className="table-number">{formatNumber(lane.quarantined)}</td>
      <td className={style.when}>{arrivedAt === null ? "–" : formatAgo(arrivedAt, now)}</td>
    </tr>
  )
}
