import type { LogLine } from "./wire.ts"

const BAD = /^(error|fatal)$/i
const WORRYING = /^warn/i

/** A line as it was written; one of the product's JSON lines as its message and its fields. */
export function LogText({ line }: { line: LogLine }) {
  const { level, message, fields } = readLine(line)
  const tone = BAD.test(level) ? "ops-bad" : WORRYING.test(level) ? "ops-warn" : ""
  const isReport = level === "REPORT"
  return (
    <span className="log-text">
      {level && !isReport && <b className={tone}>{level} </b>}
      <span className={isReport ? "log-fields" : tone}>{message}</span>
      {fields && <span className="log-fields"> {fields}</span>}
    </span>
  )
}

/** Shown in a column of their own, or said by the line's place. */
const QUIET = new Set(["level", "message", "timestamp", "time", "at", "requestId"])

interface Read {
  level: string
  message: string
  fields: string
}

const fieldsOf = (entries: [string, unknown][]): string =>
  entries.map(([name, each]) => `${name}=${typeof each === "object" ? JSON.stringify(each) : String(each)}`).join(" ")

/** A JSON line as message and fields; embedded metrics as their values; anything else as it came. */
function readLine({ level, text }: LogLine): Read {
  const plain = { level: level ?? "", message: text, fields: "" }
  if (!text.startsWith("{")) return plain
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text) as Record<string, unknown>
  } catch {
    return plain
  }
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
  const { _aws: metrics, message, ...rest } = value
  if (metrics !== undefined) return { level: "METRIC", message: fieldsOf(Object.entries(rest)), fields: "" }
  if (typeof message !== "string") return plain
  const fields = fieldsOf(Object.entries(rest).filter(([name]) => !QUIET.has(name)))
  return { level: String(rest.level ?? level ?? "").toUpperCase(), message, fields }
}
