import { useMutation, useQueryClient } from "@tanstack/react-query"
import { toApiError } from "@backline/client"
import { X } from "lucide-react"
import { formatShare } from "../format/number.ts"
import { toast } from "../ui/toast.tsx"
import { control } from "./control.ts"
import { FaultForm } from "./fault-form.tsx"
import { formatMs } from "./format.ts"
import { Nothing, Panel } from "./panel.tsx"
import { useLocal, usePoll } from "./use-local.ts"
import type { Fault } from "./wire.ts"

/** What goes wrong on purpose, and a form for more of it. */
export function FaultsPanel() {
  const query = usePoll({ key: ["faults"], ask: control.faults })
  return (
    <div className="ops-stack">
      <FaultForm />
      <Panel query={query} label="Faults are loading" lines={3}>
        {(items) =>
          items.length === 0 ? (
            <Nothing>No fault is in force. Add one above and watch what retries, what waits and what fails.</Nothing>
          ) : (
            <ul className="faults" data-testid="ops-faults">
              {items.map((fault) => (
                <FaultRow key={fault.id} fault={fault} />
              ))}
            </ul>
          )
        }
      </Panel>
    </div>
  )
}

function FaultRow({ fault }: { fault: Fault }) {
  const { names } = useLocal()
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => control.removeFault(fault.id),
    onSettled: () => queries.invalidateQueries({ queryKey: ["local", "faults"] }),
    onError: (error) => toast(toApiError(error).message),
  })
  const spent = fault.times !== undefined && fault.hits >= fault.times
  const facts = [
    fault.match?.function && `of ${names.of(fault.match.function)}`,
    fault.match?.resource && `on ${names.arn(fault.match.resource)}`,
    fault.match?.body && `with “${fault.match.body}” in its body`,
    fault.ms !== undefined && formatMs(fault.ms),
    fault.rate < 1 && `${formatShare(fault.rate)} of them, seed ${fault.seed}`,
  ].filter(Boolean)
  return (
    <li className={`fault ${spent ? "fault-spent" : ""}`}>
      <span className="fault-text">
        <strong>{fault.kind}</strong>{" "}
        <code>
          {fault.service}
          {fault.op ? `:${fault.op}` : ""}
        </code>
        {facts.length > 0 && <span className="ops-cell-more"> {facts.join(" · ")}</span>}
      </span>
      <span className="ops-cell-more tabular">
        {fault.times === undefined ? `hit ${fault.hits}` : `hit ${fault.hits} of ${fault.times}`}
        {spent ? ", used up" : ""}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={`Remove ${fault.kind} of ${fault.service}`}
        disabled={remove.isPending}
        onClick={() => remove.mutate()}
      >
        <X size={15} aria-hidden />
      </button>
    </li>
  )
}
