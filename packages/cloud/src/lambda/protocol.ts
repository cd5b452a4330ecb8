import type { MessagePort } from "node:worker_threads"

/** What a worker thread is started with. */
export interface Boot {
  port: MessagePort
  /** One Int32: messages posted so far. The worker sleeps on it between invocations, which is what freezes it. */
  gate: SharedArrayBuffer
  /** One Float64: milliseconds that the cloud's clock is ahead of this machine's. */
  clock: SharedArrayBuffer
  /** One Float64: milliseconds that this thread stood at breakpoints; they do not count against its time. */
  paused: SharedArrayBuffer
  file: string
  exportName: string
  function: { name: string; version: string; memoryMb: number; logGroup: string; logStream: string }
}

/** Runtime → worker. */
export interface Invocation {
  id: string
  /** JSON text. */
  event: string
  arn: string
  /** `_X_AMZN_TRACE_ID`: the SDK sends it with the handler's calls. */
  trace: string
  /** Milliseconds left when it was posted. */
  timeLeftMs: number
}

export interface FunctionError {
  errorType: string
  errorMessage: string
  trace: string[]
}

/** Worker → runtime. */
export type Report =
  | { kind: "ready" }
  /** The handler cannot be loaded; the worker ends. */
  | { kind: "unusable"; error: FunctionError }
  /** `heapMb` is what the isolate holds. */
  | { kind: "result"; id: string; payload: string; heapMb: number }
  /** `fatal`: the worker ends after this. */
  | { kind: "error"; id: string; error: FunctionError; fatal: boolean; heapMb: number }
  /** A line that the handler's code wrote; `level` is empty for raw writes to stdout or stderr. */
  | { kind: "line"; id: string; at: number; level: string; text: string }
