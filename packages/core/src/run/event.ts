/** One fact read from the warehouse, with what proves it. `rows` at most 100; `loadedAt` epoch milliseconds of the data's last load. */
export interface Receipt {
  tool: string
  statementId: string
  sql: string
  params: Record<string, unknown>
  rows: Record<string, unknown>[]
  loadedAt: number | null
  /** Rows were left out because they would not fit; the SQL still says which. */
  rowsOmitted?: boolean
}

/** `priceMicroUsd` is millionths of a US dollar. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  priceMicroUsd: number
}

/** `id` is the model's tool use id; `ms` how long the tool took. */
export interface ToolCall {
  id: string
  name: string
  state: "running" | "done" | "error"
  input?: unknown
  message?: string
  ms?: number
}

/** What a run says. `text` is a delta; with `reset` it replaces all text before it (a second attempt after a crash). */
export type EventBody =
  | { kind: "text"; text: string; reset?: true }
  | ({ kind: "tool" } & ToolCall)
  | { kind: "receipt"; id: string; receipt: Receipt }
  | ({ kind: "usage" } & Usage)
  | Terminal

/** Why an answer ended early. `code` as in docs/errors.md; the rest where it is known. */
export interface Ending {
  code: string
  message: string
  /** One word for what happened to the model's answer: `busy unreachable refused silent cut stop`. */
  reason?: string
  /** With `stop`: the reason that the model gave and that we do not know. */
  stopReason?: string
  /** When to ask again. */
  retryAfterMs?: number
}

/** Exactly one of these ends a log. `incomplete`: there is text, and not all of it. */
export type Terminal = { kind: "done"; messageId: string } | ({ kind: "error"; incomplete?: true } & Ending) | { kind: "stopped" }

/** Offsets start at 1 and have no gaps. */
export type RunEvent = { offset: number } & EventBody

/** A frame is at most 32 KB without being cut in parts; larger receipts travel without rows and are fetched from the log. */
const FRAME_RECEIPT_BYTES = 24 * 1024

/** The event as it travels on a socket. */
export function frameOf(run: { runId: string; conversationId: string }, event: RunEvent): object {
  const frame = { type: "chat.event", run: run.runId, conversation: run.conversationId, ...event }
  if (event.kind !== "receipt" || Buffer.byteLength(JSON.stringify(event)) <= FRAME_RECEIPT_BYTES) return frame
  return { ...frame, receipt: { ...event.receipt, rows: undefined }, rowsOmitted: true }
}
