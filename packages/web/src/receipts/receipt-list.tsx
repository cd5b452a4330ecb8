import type { Receipt, ToolCall } from "@backline/client"
import { askedOf } from "./columns.ts"
import { ReceiptCard } from "./receipt-card.tsx"
import "./receipts.css"

interface Props {
  receipts: readonly { id: string; receipt: Receipt }[]
  /** The calls they came from, by the same ids. */
  tools: readonly ToolCall[]
  runId?: string
}

/** The proofs under an answer. */
export function ReceiptList({ receipts, tools, runId }: Props) {
  if (receipts.length === 0) return null
  return (
    <div className="receipts" role="group" aria-label="Receipts">
      <ul>
        {receipts.map(({ id, receipt }) => (
          <ReceiptCard
            key={id}
            id={id}
            receipt={receipt}
            runId={runId}
            asked={askedOf(tools.find((tool) => tool.id === id)?.input)}
          />
        ))}
      </ul>
    </div>
  )
}
