import { ChevronRight } from "lucide-react"
import { formatNumber, plural } from "../format/number.ts"
import { useShell } from "../shell/context.ts"
import { freshnessOf, totalOf } from "./rate.ts"
import { useProgress } from "./use-progress.ts"
import "./live.css"

/** The live panel in one line, for screens without room for it; opens it. */
export function LiveBar() {
  const { openLive } = useShell()
  const { progress, rate, isError } = useProgress()
  const fresh = progress && freshnessOf(progress)
  return (
    <button type="button" className="live-bar" data-testid="live-bar" onClick={openLive}>
      <span className={`live-dot ${isError ? "live-dot-off" : rate.events > 0 ? "live-dot-on" : ""}`} aria-hidden />
      {progress ? (
        <span className="tabular">
          {plural(totalOf(progress), "event")}
          {rate.events > 0 &&
            ` · +${formatNumber(rate.events)} in the last ${rate.seconds >= 58 ? "minute" : `${rate.seconds} s`}`}
          {fresh && !isError && fresh.shards > 0 && ` · ${fresh.behind === 0 ? "up to date" : "loading"}`}
        </span>
      ) : (
        <span>{isError ? "No news from the platform" : "Events arriving…"}</span>
      )}
      <ChevronRight size={14} aria-hidden />
    </button>
  )
}
