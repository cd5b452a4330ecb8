import { useMemo, useState } from "react"
import { control } from "./control.ts"
import { formatTimeMs } from "./format.ts"
import { LogText } from "./log-text.tsx"
import { Nothing, Panel } from "./panel.tsx"
import { usePaused } from "./paused.ts"
import { Pick, TailBar } from "./tail-bar.tsx"
import { useLocal } from "./use-local.ts"
import { useFunctionNames } from "./use-names.ts"
import { type Source, useTail } from "./use-tail.ts"
import type { LogLine } from "./wire.ts"

const SHOWN = 300

const LEVELS = [
  ["", "Every level"],
  ["ERROR", "Errors"],
  ["WARN", "Warnings"],
  ["INFO", "Info"],
  ["REPORT", "Reports"],
] as const

/** What functions write, as they write it. */
export function LogsPanel() {
  const { names } = useLocal()
  const functions = useFunctionNames()
  const [filter, setFilter] = useState({ function: "", level: "" })
  const [text, setText] = useState("")
  const source = useMemo(
    (): Source<LogLine> => ({
      newest: (signal) => control.logs({ ...filter, limit: 1_000 }, signal),
      after: (since, signal) => control.logs({ ...filter, since, limit: 1_000 }, signal),
    }),
    [filter],
  )
  const { rows, error } = useTail(source)
  const { paused, shown, waiting, toggle } = usePaused(rows ?? [])
  const word = text.trim().toLowerCase()
  const found = shown.filter((line) => !word || `${line.text} ${line.requestId ?? ""}`.toLowerCase().includes(word))
  return (
    <>
      <TailBar text={text} onText={setText} placeholder="Search log lines" paused={paused} waiting={waiting} onPause={toggle}>
        <Pick
          label="Function"
          testId="logs-function"
          value={filter.function}
          options={[["", "Every function"], ...functions]}
          onChange={(value) => setFilter({ ...filter, function: value })}
        />
        <Pick
          label="Level"
          testId="logs-level"
          value={filter.level}
          options={LEVELS}
          onChange={(level) => setFilter({ ...filter, level })}
        />
      </TailBar>
      <Panel query={{ data: rows, error, isError: error !== undefined }} label="Log lines are loading" lines={8}>
        {() =>
          found.length === 0 ? (
            <Nothing>No such line yet. What a function writes shows here within a second.</Nothing>
          ) : (
            <ol className="logs" data-testid="logs" tabIndex={0} aria-label="Log lines, newest first">
              {found
                .slice(-SHOWN)
                .toReversed()
                .map((line) => (
                  <li key={line.n}>
                    <time className="tabular">{formatTimeMs(line.at)}</time>
                    <span className="log-function">{names.of(line.function)}</span>
                    <LogText line={line} />
                  </li>
                ))}
            </ol>
          )
        }
      </Panel>
    </>
  )
}
