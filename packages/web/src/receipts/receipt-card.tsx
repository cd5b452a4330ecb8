import type { Receipt } from "@backline/client"
import { ChevronRight, Table2 } from "lucide-react"
import { Tabs } from "radix-ui"
import { lazy, Suspense, useEffect, useId, useRef, useState } from "react"
import { plural } from "../format/number.ts"
import { formatAgo, formatMoment } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { CopyButton } from "../ui/copy-button.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { ErrorState } from "../ui/state.tsx"
import { chooseChart } from "./chart-choice.ts"
import type { Asked } from "./columns.ts"
import { RowsTable } from "./rows-table.tsx"
import { rowsOf, useRows } from "./use-rows.ts"
import { SqlView } from "./sql-view.tsx"
import { statementName } from "./statement-name.ts"

const ResultChart = lazy(() => import("./result-chart.tsx"))

interface Props {
  id: string
  receipt: Receipt
  runId?: string
  /** What the call asked for. */
  asked: Asked
}

/** One proof: closed, what it holds and how fresh it is; open, the chart, the rows, and the statement with its values. */
export function ReceiptCard({ id, receipt, runId, asked }: Props) {
  const [open, setOpen] = useState(false)
  const now = useNow()
  const body = useId()
  const card = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (open) card.current?.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }, [open])
  const { loadedAt } = receipt
  const rows = rowsOf(receipt)
  const facts = [
    rows ? plural(rows.length, "row") : "many rows",
    statementName(receipt),
    loadedAt ? `loaded ${formatAgo(loadedAt, now)}` : "nothing loaded yet",
  ]
  return (
    <li ref={card} className="receipt" data-testid="receipt">
      <button
        type="button"
        className="receipt-head"
        data-testid="receipt-toggle"
        aria-expanded={open}
        aria-controls={body}
        onClick={() => setOpen(!open)}
      >
        <Table2 size={15} aria-hidden />
        <span className="receipt-facts">
          {facts.map((fact, index) => (
            <span key={index} className={index === 1 ? "receipt-name" : undefined}>
              {fact}
            </span>
          ))}
        </span>
        <ChevronRight size={15} className="chevron" aria-hidden />
      </button>
      <div id={body} hidden={!open}>
        {open && <ReceiptBody id={id} receipt={receipt} runId={runId} asked={asked} />}
      </div>
    </li>
  )
}

function ReceiptBody({ id, receipt, runId, asked }: Props) {
  const { sql, params, statementId, loadedAt } = receipt
  const { rows, error, retry } = useRows(id, receipt, runId)
  const choice = rows && chooseChart(rows, asked)
  const caption = `Rows of ${statementName(receipt)}`
  return (
    <div className="receipt-body">
      <Tabs.Root key={choice ? "drawn" : "plain"} defaultValue={choice ? "chart" : "rows"}>
        <Tabs.List className="segments" aria-label="Views of this receipt">
          {choice && (
            <Tabs.Trigger value="chart" className="segment" data-testid="receipt-tab-chart">
              Chart
            </Tabs.Trigger>
          )}
          <Tabs.Trigger value="rows" className="segment" data-testid="receipt-tab-rows">
            Rows
          </Tabs.Trigger>
          <Tabs.Trigger value="sql" className="segment" data-testid="receipt-tab-sql">
            SQL
          </Tabs.Trigger>
        </Tabs.List>
        {choice && rows && (
          <Tabs.Content value="chart" className="receipt-pane">
            <Suspense fallback={<Skeleton lines={5} label="The chart is loading" className="chart-waiting" />}>
              <ResultChart choice={choice} rows={rows} />
            </Suspense>
          </Tabs.Content>
        )}
        <Tabs.Content value="rows" className="receipt-pane">
          {rows && <RowsTable rows={rows} asked={asked} caption={caption} />}
          {!rows && Boolean(error) && <ErrorState title="The rows did not load" error={error} onRetry={retry} />}
          {!rows && !error && <Skeleton lines={4} label="The rows are loading" />}
        </Tabs.Content>
        <Tabs.Content value="sql" className="receipt-pane">
          <SqlView sql={sql} params={params} />
        </Tabs.Content>
      </Tabs.Root>
      <dl className="receipt-source">
        <div>
          <dt>Statement</dt>
          <dd>
            <code>{statementId}</code>
            <CopyButton text={statementId} label="Copy the statement id" small />
          </dd>
        </div>
        <div>
          <dt>Warehouse loaded</dt>
          <dd>{loadedAt ? formatMoment(loadedAt) : "nothing yet"}</dd>
        </div>
      </dl>
    </div>
  )
}
