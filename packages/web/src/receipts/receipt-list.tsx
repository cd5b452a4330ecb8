import type { Receipt } from "@backline/client"
import { ReceiptCard } from "./receipt-card.tsx"
import "./receipts.css"

/** The proofs under an answer. */
export function ReceiptList({ receipts, runId }: { receipts: readonly { id: string; receipt: Receipt }[]; runId?: string }) {
  if (receipts.length === 0) return null
  return (
    <section className="receipts" aria-label="Receipts">
      <ul>
        {receipts.map(({ id, receipt }) => (
          <ReceiptCard key={id} id={id} receipt={receipt} runId={runId} />
        ))}
      </ul>
    </section>
  )
}
