import { ChevronRight } from "lucide-react"
import { Fragment, useId, useState } from "react"
import { formatNumber } from "../format/number.ts"
import { control } from "./control.ts"
import { formatMs } from "./format.ts"
import { FunctionDetail } from "./function-detail.tsx"
import { Nothing, Panel } from "./panel.tsx"
import { useLocal, usePoll } from "./use-local.ts"
import type { FunctionFigures } from "./wire.ts"

const COLUMNS = ["Invocations", "Errors", "Cold starts", "p50", "p95", "Now"]

/** Every function with what it did since the start; those that ran come first. */
export function FunctionsPanel() {
  const query = usePoll({ key: ["functions"], ask: control.functions })
  return (
    <Panel query={query} label="Functions are loading" lines={8}>
      {(items) => {
        const ran = items.filter(({ invocations, concurrent }) => invocations + concurrent > 0)
        const idle = items.filter((item) => !ran.includes(item))
        return (
          <>
            {ran.length === 0 ? (
              <Nothing>No function has run yet. Use the console or send an event, and it shows here.</Nothing>
            ) : (
              <FunctionTable items={ran.toSorted((a, b) => b.invocations - a.invocations)} />
            )}
            {idle.length > 0 && <Idle items={idle} />}
          </>
        )
      }}
    </Panel>
  )
}

function FunctionTable({ items }: { items: readonly FunctionFigures[] }) {
  const [open, setOpen] = useState<string>()
  return (
    <div className="table-box ops-table" tabIndex={0} role="group" aria-label="Functions">
      <table className="table" data-testid="ops-functions">
        <caption className="sr-only">Functions that ran; a row opens to its log and its calls</caption>
        <thead>
          <tr>
            <th scope="col">Function</th>
            {COLUMNS.map((label) => (
              <th key={label} scope="col" className="table-number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <FunctionRow
              key={item.function}
              item={item}
              open={open === item.function}
              onToggle={() => setOpen(open === item.function ? undefined : item.function)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function FunctionRow({ item, open, onToggle }: { item: FunctionFigures; open: boolean; onToggle: () => void }) {
  const { names } = useLocal()
  const detail = useId()
  return (
    <Fragment>
      <tr className={open ? "ops-row-open" : undefined}>
        <th scope="row" className="ops-name">
          <button
            type="button"
            className="ops-toggle"
            aria-expanded={open}
            aria-controls={detail}
            title={item.function}
            data-testid="ops-function"
            onClick={onToggle}
          >
            <ChevronRight size={14} className="chevron" aria-hidden />
            {names.of(item.function)}
          </button>
        </th>
        <td className="table-number">{formatNumber(item.invocations)}</td>
        <td className={`table-number ${item.errors > 0 ? "ops-bad" : ""}`}>{formatNumber(item.errors)}</td>
        <td className="table-number">{formatNumber(item.coldStarts)}</td>
        <td className="table-number">{formatMs(item.p50Ms)}</td>
        <td className="table-number">{formatMs(item.p95Ms)}</td>
        <td className="table-number">{item.concurrent > 0 ? <strong>{item.concurrent}</strong> : "0"}</td>
      </tr>
      <tr id={detail} hidden={!open} className="ops-detail-row">
        <td colSpan={COLUMNS.length + 1}>{open && <FunctionDetail figures={item} />}</td>
      </tr>
    </Fragment>
  )
}

function Idle({ items }: { items: readonly FunctionFigures[] }) {
  const { names } = useLocal()
  return (
    <p className="ops-idle">
      Have not run yet:{" "}
      {items
        .map((item) => names.of(item.function))
        .toSorted()
        .join(", ")}
    </p>
  )
}
