import { formatMoment } from "../format/time.ts"
import { plural } from "../format/number.ts"
import { control } from "./control.ts"
import { Decided } from "./decided.tsx"
import { formatMs, formatTimeMs } from "./format.ts"
import { LogText } from "./log-text.tsx"
import { Nothing, Panel } from "./panel.tsx"
import { useLocal, usePoll } from "./use-local.ts"
import type { Call, FunctionFigures } from "./wire.ts"

const LINES = 12
const CALLS = 200

/** One function from near: limits, last failure, last lines, and what its role was asked for. */
export function FunctionDetail({ figures }: { figures: FunctionFigures }) {
  const name = figures.function
  const logs = usePoll({
    key: ["logs", "of", name],
    ask: (signal) => control.logs({ function: name, limit: 200 }, signal),
    everyMs: 2_000,
  })
  const calls = usePoll({
    key: ["calls", "of", name],
    ask: (signal) => control.calls({ function: name, last: CALLS }, signal),
    everyMs: 2_000,
  })
  return (
    <div className="ops-detail">
      <p className="ops-facts">
        <span>
          {figures.maxMemoryMb} of {figures.memoryMb} MB used
        </span>
        <span>times out after {formatMs(figures.timeoutMs)}</span>
        <span>cold start {formatMs(figures.initMs)}</span>
        {figures.timeouts > 0 && <span className="ops-bad">{plural(figures.timeouts, "timeout")}</span>}
        {figures.throttles > 0 && <span className="ops-bad">{plural(figures.throttles, "throttle")}</span>}
      </p>
      {figures.lastError && (
        <p className="ops-note ops-note-bad">
          <span>
            <strong>{figures.lastError.type}</strong> {figures.lastError.message}{" "}
            <small>{formatMoment(figures.lastError.at)}</small>
          </span>
        </p>
      )}
      <section>
        <h3>Last lines</h3>
        <Panel query={logs} label="Log lines are loading" lines={3}>
          {(lines) =>
            lines.length === 0 ? (
              <Nothing>It has written nothing yet.</Nothing>
            ) : (
              <ol className="ops-lines" tabIndex={0} aria-label="Last log lines">
                {lines.slice(-LINES).map((line) => (
                  <li key={line.n}>
                    <time>{formatTimeMs(line.at)}</time>
                    <LogText line={line} />
                  </li>
                ))}
              </ol>
            )
          }
        </Panel>
      </section>
      <section>
        <h3>What its role was asked for</h3>
        <Panel query={calls} label="Calls are loading" lines={3}>
          {(items) => (items.length === 0 ? <Nothing>It has called no AWS API yet.</Nothing> : <Asked calls={items} />)}
        </Panel>
      </section>
    </div>
  )
}

interface Line {
  action: string
  resource: string
  decision: Call["decision"]
  statement?: string
  count: number
}

/** One line per action, resource and decision of the last calls. */
function summed(calls: readonly Call[], shorten: (arn: string) => string): Line[] {
  const lines = new Map<string, Line>()
  for (const { access } of calls)
    for (const { action, resource, decision, statement } of access) {
      const short = shorten(resource)
      const key = `${action} ${short} ${decision}`
      const line = lines.get(key)
      if (line) line.count++
      else lines.set(key, { action, resource: short, decision, statement, count: 1 })
    }
  const rank = ({ decision }: Line) => (decision === "allow" ? 1 : 0)
  return [...lines.values()].toSorted((a, b) => rank(a) - rank(b) || b.count - a.count).slice(0, 30)
}

function Asked({ calls }: { calls: readonly Call[] }) {
  const { names } = useLocal()
  return (
    <ul className="ops-asked">
      {summed(calls, names.arn).map((line) => (
        <li key={`${line.action} ${line.resource} ${line.decision}`}>
          <Decided decision={line.decision} />
          <code>{line.action}</code>
          <span className="ops-asked-on">{line.resource}</span>
          <span className="tabular ops-asked-count">{line.count}×</span>
        </li>
      ))}
    </ul>
  )
}
