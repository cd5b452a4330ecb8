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

/** One of Lambda's own lines in JSON: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
const event = (at: number, type: string, record: object): string =>
  JSON.stringify({ time: new Date(at).toISOString(), type: `platform.${type}`, record })

/** Lambda's lines before an invocation. In JSON `SystemLogLevel` decides: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
export function linesBefore(
  { logFormat, systemLogLevel }: FunctionSpec,
  requestId: string,
  version: string,
  at: number,
): string[] {
  if (logFormat === "Text") return [`START RequestId: ${requestId} Version: ${version}`]
  return systemLogLevel === "WARN" ? [] : [event(at, "start", { requestId, version })]
}

function statusOf({ error }: Ending, wasKilled: boolean): "success" | "error" | "failure" | "timeout" {
  if (!error) return "success"
  if (error.errorType === "Sandbox.Timedout") return "timeout"
  return wasKilled ? "failure" : "error"
}

/** Lambda's lines after it. `heapMb` of an environment that ended badly is unknown and shown as the limit. */
export function linesAfter(
  { logFormat, systemLogLevel, memoryMb }: FunctionSpec,
  requestId: string,
  ending: Ending & { initMs?: number; wasKilled: boolean },
  at: number,
): string[] {
  const { durationMs, heapMb, initMs, error, wasKilled } = ending
  const billedMs = Math.ceil(durationMs + (initMs ?? 0))
  const usedMb = heapMb || memoryMb
  if (logFormat === "Text") {
    const init = initMs === undefined ? "" : `\tInit Duration: ${initMs.toFixed(2)} ms`
    return [
      ...(error && wasKilled ? [`${error.errorType}: ${error.errorMessage}`] : []),
      `END RequestId: ${requestId}`,
      `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billedMs} ms\tMemory Size: ${memoryMb} MB\tMax Memory Used: ${usedMb} MB${init}`,
    ]
  }
  const status = statusOf(ending, wasKilled)
  const record = { requestId, status, ...(error && { errorType: error.errorType }) }
  const round = (ms: number) => Number(ms.toFixed(3))
  const metrics = {
    durationMs: round(durationMs),
    billedDurationMs: billedMs,
    memorySizeMB: memoryMb,
    maxMemoryUsedMB: usedMb,
    ...(initMs !== undefined && { initDurationMs: round(initMs) }),
  }
  return [
    ...(status !== "success" || systemLogLevel === "DEBUG"
      ? [event(at, "runtimeDone", { ...record, metrics: { durationMs: metrics.durationMs } })]
      : []),
    ...(status !== "success" || systemLogLevel !== "WARN" ? [event(at, "report", { ...record, metrics })] : []),
  ]
}

/** What a report says, for people. */
export function reportText({ memoryMb }: FunctionSpec, { durationMs, heapMb }: Ending, initMs: number | undefined): string {
  const init = initMs === undefined ? "" : ` · init ${Math.round(initMs)} ms`
  const time = durationMs < 10 ? durationMs.toFixed(1) : String(Math.round(durationMs))
  return `${time} ms · ${heapMb || memoryMb} of ${memoryMb} MB${init}`
}
