import type { FunctionSpec } from "./function.ts"
import type { Report } from "./protocol.ts"
import type { Ending } from "./sandbox.ts"

type Line = Extract<Report, { kind: "line" }>

/** A handler's line as its log group gets it: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
export function groupLine({ logFormat }: FunctionSpec, { at, id, level, text }: Line): string {
  if (!level) return text
  const timestamp = new Date(at).toISOString()
  if (logFormat === "JSON") return JSON.stringify({ timestamp, level, requestId: id, message: text })
  return `${timestamp}\t${id || "undefined"}\t${level}\t${text}`
}

export const startLine = (id: string, version: string): string => `START RequestId: ${id} Version: ${version}`
export const endLine = (id: string): string => `END RequestId: ${id}`

/** `heapMb` of an environment that ended badly is unknown and shown as the limit. */
export function reportLine(
  id: string,
  { memoryMb }: FunctionSpec,
  { durationMs, heapMb }: Ending,
  initMs: number | undefined,
): string {
  const init = initMs === undefined ? "" : `\tInit Duration: ${initMs.toFixed(2)} ms`
  const billed = Math.ceil(durationMs + (initMs ?? 0))
  return `REPORT RequestId: ${id}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billed} ms\tMemory Size: ${memoryMb} MB\tMax Memory Used: ${heapMb || memoryMb} MB${init}`
}

/** What a report says, for people. */
export function reportText({ memoryMb }: FunctionSpec, { durationMs, heapMb }: Ending, initMs: number | undefined): string {
  const init = initMs === undefined ? "" : ` · init ${Math.round(initMs)} ms`
  const time = durationMs < 10 ? durationMs.toFixed(1) : String(Math.round(durationMs))
  return `${time} ms · ${heapMb || memoryMb} of ${memoryMb} MB${init}`
}
