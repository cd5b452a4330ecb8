import { Database, X } from "lucide-react"
import { formatNumber, plural } from "../format/number.ts"
import { formatAgo } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { toWords } from "../format/words.ts"
import { Skeleton } from "../ui/skeleton.tsx"
import { countsByType, freshnessOf, latestEvents, totalOf } from "./rate.ts"
import { labelOf } from "./event-label.ts"
import { Sparkline } from "./sparkline.tsx"
import { useProgress } from "./use-progress.ts"
import { useTitles } from "./use-titles.ts"
import "./live.css"

const TYPES = 5
const EVENTS = 6

/** Events arriving: how many, how fast, which, and whether the warehouse has them. */
export function LivePanel({ onClose }: { onClose?: () => void }) {
  const { progress, rate, isError, isPending } = useProgress()
  const now = useNow(2_000)
  return (
    <div className="live" data-testid="live-panel">
      <div className="live-head">
        <h2>Events arriving</h2>
        {progress && (
          <span className={`live-dot ${isError ? "live-dot-off" : rate.events > 0 ? "live-dot-on" : ""}`} aria-hidden />
        )}
        {onClose && (
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <X size={18} aria-hidden />
          </button>
        )}
      </div>
      {isError && <p className="live-note live-note-warn">No news from the platform; it is asked again by itself.</p>}
      {isPending && <Skeleton lines={5} label="Arriving events are loading" />}
      {progress && (
        <>
          <div>
            <p className="live-total tabular" data-testid="live-total">
              {formatNumber(totalOf(progress))}
            </p>
            <p className="live-note">
              {rate.seconds > 0 ? (
                <>
                  <span className="tabular">{rate.events > 0 ? `+${formatNumber(rate.events)}` : "none"}</span> in the last{" "}
                  {rate.seconds >= 58 ? "minute" : `${rate.seconds} s`}
                </>
              ) : (
                "watching for more"
              )}
            </p>
          </div>
          <Sparkline slots={rate.slots} label={`${formatNumber(rate.events)} events in the last minute`} />
          {!isError && <Freshness />}
          {totalOf(progress) === 0 ? (
            <p className="live-note">
              Nothing has arrived yet. Import a dataset with <code>npm run import</code> or simulate sales with{" "}
              <code>npm run simulate</code>.
            </p>
          ) : (
            <>
              <section>
                <h3>By type</h3>
                <dl className="live-types">
                  {countsByType(progress)
                    .slice(0, TYPES)
                    .map(([type, count]) => (
                      <div key={type}>
                        <dt>{toWords(type)}</dt>
                        <dd className="tabular">{formatNumber(count)}</dd>
                      </div>
                    ))}
                </dl>
              </section>
              <section>
                <h3>Latest</h3>
                <Latest events={latestEvents(progress, EVENTS)} now={now} />
              </section>
            </>
          )}
        </>
      )}
    </div>
  )
}

function Latest({ events, now }: { events: ReturnType<typeof latestEvents>; now: number }) {
  const titles = useTitles(events)
  return (
    <ol className="live-events" data-testid="live-events">
      {events.map((event) => (
        <li key={event.id}>
          <span className="live-event-label" title={labelOf(event, titles)}>
            {labelOf(event, titles)}
          </span>
          <span className="live-event-more">
            {toWords(event.type)} · {formatAgo(event.at, now)}
          </span>
        </li>
      ))}
    </ol>
  )
}

function Freshness() {
  const { progress } = useProgress()
  const now = useNow(2_000)
  if (!progress) return null
  const { behind, shards, arrivedAt } = freshnessOf(progress)
  if (shards === 0) return null
  const when = progress.loadedAt ?? arrivedAt
  return (
    <div className="live-fresh" data-testid="freshness">
      <Database size={15} aria-hidden />
      <div>
        <strong>{behind === 0 ? "Warehouse is up to date" : "Warehouse is loading"}</strong>
        <small>
          {behind > 0
            ? `${shards - behind} of ${plural(shards, "shard")} up to date`
            : when && `${progress.loadedAt ? "loaded" : "last event"} ${formatAgo(when, now)}`}
        </small>
      </div>
    </div>
  )
}
