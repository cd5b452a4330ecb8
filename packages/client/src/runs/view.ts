import type { Ending, Receipt, RunEvent, RunState, ToolCall, Usage } from "../wire.ts"

/** What a screen shows of a run: its events so far, folded. Never changed in place. */
export interface RunView {
  runId: string
  state: RunState
  offset: number
  text: string
  tools: readonly ToolCall[]
  receipts: readonly { id: string; receipt: Receipt }[]
  usage?: Usage
  messageId?: string
  error?: Ending
  /** The answer broke off: asking to go on continues it. */
  incomplete?: boolean
}

export const emptyView = (runId: string): RunView => ({ runId, state: "queued", offset: 0, text: "", tools: [], receipts: [] })

export const isOver = (state: RunState): boolean => state === "done" || state === "error" || state === "stopped"

/** The list with the item of the same id replaced in its place, or added at the end. */
function upsert<T extends { id: string }>(list: readonly T[], item: T): readonly T[] {
  return list.some((other) => other.id === item.id)
    ? list.map((other) => (other.id === item.id ? { ...other, ...item } : other))
    : [...list, item]
}

const endTools = (tools: readonly ToolCall[]): readonly ToolCall[] => tools.filter((tool) => tool.state !== "running")

/** The view after one more event, which must be the next one or a receipt seen before. */
export function applyEvent(view: RunView, event: RunEvent): RunView {
  const next: RunView = {
    ...view,
    offset: Math.max(view.offset, event.offset),
    state: isOver(view.state) ? view.state : "running",
  }
  switch (event.kind) {
    case "text":
      // A second attempt of an interrupted run starts its answer over.
      if (event.reset) return { ...next, text: event.text, tools: [], receipts: [] }
      return { ...next, text: view.text + event.text }
    case "tool": {
      const { offset: _offset, kind: _kind, rowsOmitted: _omitted, ...tool } = event
      return { ...next, tools: upsert(view.tools, tool) }
    }
    case "receipt":
      return { ...next, receipts: upsert(view.receipts, { id: event.id, receipt: event.receipt }) }
    case "usage":
      return {
        ...next,
        usage: { inputTokens: event.inputTokens, outputTokens: event.outputTokens, priceMicroUsd: event.priceMicroUsd },
      }
    case "done":
      return { ...next, state: "done", messageId: event.messageId, tools: endTools(view.tools) }
    case "error": {
      const { offset: _offset, kind: _kind, rowsOmitted: _omitted, incomplete, ...error } = event
      return { ...next, state: "error", error, ...(incomplete && { incomplete }), tools: endTools(view.tools) }
    }
    case "stopped":
      return { ...next, state: "stopped", tools: endTools(view.tools) }
  }
}
