import { ChevronRight, Zap } from "lucide-react"
import { memo, useId, useState } from "react"
import { CopyButton } from "../ui/copy-button.tsx"
import { reasonOf } from "./call-filter.ts"
import { Decided } from "./decided.tsx"
import { formatMicroUsd, formatMs, formatTimeMs } from "./format.ts"
import { useLocal } from "./use-local.ts"
import type { Call } from "./wire.ts"

/** The access that decided: the refused one, else the first. */
const decisive = (call: Call) => call.access.find(({ decision }) => decision === call.decision) ?? call.access[0]

/** One call: closed, who did what and why it might; open, everything the log knows of it. */
export const CallRow = memo(function CallRow({ call }: { call: Call }) {
  const [open, setOpen] = useState(false)
  const { names } = useLocal()
  const body = useId()
  const access = decisive(call)
  const failed = call.status >= 400 || call.status === 0
  const role = names.of(call.role?.split("/").at(-1) ?? call.caller)
  return (
    <li className="call" data-decision={call.decision} data-testid="call">
      <button type="button" className="call-head" aria-expanded={open} aria-controls={body} onClick={() => setOpen(!open)}>
        <ChevronRight size={14} className="chevron" aria-hidden />
        <time className="call-time tabular">{formatTimeMs(call.at)}</time>
        <span className="call-who">{names.of(call.caller)}</span>
        <span className="call-what">
          {call.service}:{call.operation}
        </span>
        <span className="call-why">
          {access && call.decision !== "allow"
            ? reasonOf(access, role, names)
            : access
              ? names.arn(access.resource)
              : "no permission needed"}
        </span>
        {call.fault && (
          <span className="call-fault">
            <Zap size={12} aria-hidden />
            {call.fault}
          </span>
        )}
        <span className={`call-ms tabular ${failed ? "ops-bad" : ""}`}>
          {failed ? (call.error ?? call.status) : formatMs(call.ms)}
        </span>
        <Decided decision={call.decision} />
      </button>
      <div id={body} hidden={!open}>
        {open && <CallDetail call={call} role={role} />}
      </div>
    </li>
  )
})

function CallDetail({ call, role }: { call: Call; role: string }) {
  const { names } = useLocal()
  const units = Object.entries(call.units).filter(([, quantity]) => quantity > 0)
  return (
    <div className="call-detail">
      {call.access.map((access, index) => (
        <div key={index} className="call-access">
          <p>
            <Decided decision={access.decision} /> <code>{access.action}</code>
          </p>
          <p className="call-arn">{access.resource}</p>
          <p className="ops-cell-more" data-testid="call-reason">
            {access.decision === "allow" ? "By " : "Because "}
            {reasonOf(access, role, names)}
          </p>
        </div>
      ))}
      <dl className="call-facts">
        <div>
          <dt>Answer</dt>
          <dd>
            {call.status === 0 ? "none, the client left" : call.status}
            {call.error ? ` ${call.error}` : ""} in {formatMs(call.ms)}
            {call.attempt && call.attempt > 1 ? `, attempt ${call.attempt}` : ""}
          </dd>
        </div>
        <div>
          <dt>Units</dt>
          <dd>
            {units.length > 0
              ? units.map(([unit, quantity]) => `${quantity} ${quantity === 1 ? unit.replace(/s$/, "") : unit}`).join(", ")
              : "none"}
          </dd>
        </div>
        <div>
          <dt>Price</dt>
          <dd data-testid="call-price">{call.priceMicroUsd === undefined ? "unknown" : formatMicroUsd(call.priceMicroUsd)}</dd>
        </div>
        <div>
          <dt>Request id</dt>
          <dd>
            <code>{call.requestId}</code>
            <CopyButton text={call.requestId} label="Copy the request id" small />
          </dd>
        </div>
        {call.invocation && (
          <div>
            <dt>Invocation</dt>
            <dd>
              <code>{call.invocation}</code>
              <CopyButton text={call.invocation} label="Copy the invocation's request id" small />
            </dd>
          </div>
        )}
      </dl>
    </div>
  )
}
