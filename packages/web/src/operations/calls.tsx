import { useMemo, useState } from "react"
import { formatNumber } from "../format/number.ts"
import { CallRow } from "./call-row.tsx"
import { callSource, isRoutine, mentions } from "./call-filter.ts"
import { Nothing, Panel } from "./panel.tsx"
import { usePaused } from "./paused.ts"
import { Pick, TailBar } from "./tail-bar.tsx"
import { SERVICES, useFunctionNames } from "./use-names.ts"
import { useLocal } from "./use-local.ts"
import { useTail } from "./use-tail.ts"

const AT_ONCE = 120

const DECISIONS = [
  ["", "Allowed and denied"],
  ["allow", "Allowed"],
  ["deny", "Denied"],
] as const

/** AWS calls as they are made, newest first: who, what, on what, and which statement decided. */
export function CallsPanel() {
  const { names } = useLocal()
  const [filter, setFilter] = useState({ function: "", service: "", decision: "" })
  const [text, setText] = useState("")
  const [routine, setRoutine] = useState(false)
  const [count, setCount] = useState(AT_ONCE)
  const source = useMemo(() => callSource(filter), [filter])
  const { rows, error } = useTail(source)
  const { paused, shown, waiting, toggle } = usePaused(rows ?? [])
  const functions = useFunctionNames()
  const found = shown.filter((call) => mentions(call, text, names))
  const wanted = routine ? found : found.filter((call) => !isRoutine(call))
  const hidden = found.length - wanted.length
  const pick = (changes: Partial<typeof filter>) => {
    setFilter({ ...filter, ...changes })
    setCount(AT_ONCE)
  }
  return (
    <>
      <TailBar text={text} onText={setText} placeholder="Search calls" paused={paused} waiting={waiting} onPause={toggle}>
        <Pick
          label="Function"
          testId="calls-function"
          value={filter.function}
          options={[["", "Every caller"], ...functions]}
          onChange={(value) => pick({ function: value })}
        />
        <Pick
          label="Service"
          testId="calls-service"
          value={filter.service}
          options={[["", "Every service"], ...SERVICES]}
          onChange={(value) => pick({ service: value })}
        />
        <Pick
          label="Decision"
          testId="calls-decision"
          value={filter.decision}
          options={DECISIONS}
          onChange={(value) => pick({ decision: value })}
        />
      </TailBar>
      <Panel query={{ data: rows, error, isError: error !== undefined }} label="Calls are loading" lines={8}>
        {() => (
          <>
            {wanted.length === 0 ? (
              <Nothing>
                {filter.decision === "deny" && !text
                  ? "No call was denied: every role allows what its function does."
                  : "No such call yet. It shows here within a second of being made."}
              </Nothing>
            ) : (
              <ol className="calls" data-testid="calls" aria-label="AWS calls, newest first">
                {wanted
                  .slice(-count)
                  .toReversed()
                  .map((call) => (
                    <CallRow key={call.n} call={call} />
                  ))}
              </ol>
            )}
            <div className="calls-foot">
              {wanted.length > count && (
                <button type="button" className="button button-quiet button-small" onClick={() => setCount(count + AT_ONCE)}>
                  Show {formatNumber(Math.min(AT_ONCE, wanted.length - count))} older
                </button>
              )}
              <label className="check">
                <input
                  type="checkbox"
                  data-testid="calls-routine"
                  checked={routine}
                  onChange={(event) => setRoutine(event.target.checked)}
                />
                Polling and log writes
                {hidden > 0 && <span className="tabular"> ({formatNumber(hidden)} hidden)</span>}
              </label>
            </div>
          </>
        )}
      </Panel>
    </>
  )
}
