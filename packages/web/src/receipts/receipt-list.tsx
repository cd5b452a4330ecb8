import type { Receipt, ToolCall } from "@backline/client"
import { ReceiptCard } from "./receipt-card.tsx"
import "./receipts.css"

interface Props {
  receipts: readonly { id: string; receipt: Receipt }[]
  /** The calls they came from, by the same ids. */
  tools: readonly ToolCall[]
  runId?: string
}

/** What a call measured: `by` of a ranking, `measure` of a count. */
function askedOf(tools: readonly ToolCall[], id: string): unknown {
  const input = tools.find((tool) => tool.id === id)?.input as { by?: unknown; measure?: unknown } | undefined
  return input?.by ?? input?.measure
}

/** The proofs under an answer. */
export function ReceiptList({ receipts, tools, runId }: Props) {
  if (receipts.length === 0) return null
  return (
    <div className="receipts" role="group" aria-label="Receipts">
      <ul>
        {receipts.map(({ id, receipt }) => (
          <ReceiptCard key={id} id={id} receipt={receipt} runId={runId} asked={askedOf(tools, id)} />
        ))}
      </ul>
    </div>
  )
}
