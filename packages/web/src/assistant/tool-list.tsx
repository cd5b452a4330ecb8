import type { ToolCall } from "@backline/client"
import { Check, ChevronRight, CircleAlert } from "lucide-react"
import { useId, useState } from "react"
import { formatDuration, plural } from "../format/number.ts"
import { toolPhrase } from "./tool-phrase.ts"

/** What was looked up for an answer: one line that opens to every call; while a call runs, the line is that call. */
export function ToolList({ tools, thinking }: { tools: readonly ToolCall[]; thinking: boolean }) {
  const [open, setOpen] = useState(false)
  const list = useId()
  const current = tools.findLast((tool) => tool.state === "running")
  if (tools.length === 0)
    return thinking ? (
      <p className="tools-line">
        <span className="spinner" aria-hidden /> Reading the question…
      </p>
    ) : null
  const failed = tools.filter((tool) => tool.state === "error").length
  const took = tools.reduce((sum, tool) => sum + (tool.ms ?? 0), 0)
  return (
    <div className="tools" data-testid="tools">
      <button
        type="button"
        className="tools-line"
        data-testid="tools-toggle"
        aria-expanded={open}
        aria-controls={list}
        onClick={() => setOpen(!open)}
      >
        {current || thinking ? <span className="spinner" aria-hidden /> : <Check size={14} aria-hidden />}
        <span>
          {current ? `${toolPhrase(current.name, true)}…` : plural(tools.length, "look-up")}
          {!current && took > 0 && ` · ${formatDuration(took)}`}
          {!current && failed > 0 && ` · ${failed} failed`}
        </span>
        <ChevronRight size={14} className="chevron" aria-hidden />
      </button>
      <ul id={list} className="tools-list" hidden={!open}>
        {tools.map((tool) => (
          <ToolRow key={tool.id} tool={tool} />
        ))}
      </ul>
    </div>
  )
}

function ToolRow({ tool: { name, state, input, message, ms } }: { tool: ToolCall }) {
  const given = Object.entries((input ?? {}) as Record<string, unknown>)
  return (
    <li className="tool" data-testid="tool" data-state={state}>
      {state === "running" && <span className="spinner" aria-hidden />}
      {state === "done" && <Check size={14} aria-hidden />}
      {state === "error" && <CircleAlert size={14} className="tool-failed" aria-hidden />}
      <div>
        <code>{name}</code>
        <span className="sr-only">{state === "error" ? " failed" : ` ${state}`}</span>
        {given.length > 0 && (
          <span className="tool-input">
            {given.map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(" · ")}
          </span>
        )}
        {message && state === "error" && <span className="tool-message">{message}</span>}
      </div>
      {ms !== undefined && <span className="tool-ms tabular">{formatDuration(ms)}</span>}
    </li>
  )
}
