import type { LogLine } from "./wire.ts"

const BAD = /^(error|fatal)$/i
const WORRYING = /^warn/i

/** A line as it was written; one of the product's JSON lines as its message and its fields. */
export function LogText({ line }: { line: LogLine }) {
  const { level, message, fields } = readLine(line)
  const tone = BAD.test(level) ? "ops-bad" : WORRYING.test(level) ? "ops-warn" : ""
  return (
    <span className="log-text">
      {level && <b className={tone}>{level}</b>} <span className={tone}>{message}</span>
      {fields && <span className="log-fields"> {fields}</span>}
    </span>
  )
}

const QUIET = new Set(["level", "message", "msg", "timestamp", "time", "requestId", "awsRequestId"])

function readLine({ level, text }: LogLine): { level: string; message: string; fields: string } {
  const plain = { level: level ?? "", message: text, fields: "" }
  const start = text.indexOf("{")
  if (start < 0 || !text.trimEnd().endsWith("}")) return plain
  try {
    const value = JSON.parse(text.slice(start)) as Record<string, unknown>
    if (typeof value.message !== "string") return plain
    const fields = Object.entries(value)
      .filter(([name]) => !QUIET.has(name))
      .map(([name, each]) => `${name}=${typeof each === "object" ? JSON.stringify(each) : String(each)}`)
      .join(" ")
    return { level: String(value.level ?? level ?? ""), message: value.message, fields }
  } catch {
    return plain
  }
}
