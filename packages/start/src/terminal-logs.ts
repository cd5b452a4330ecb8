import type { Line } from "@backline/cloud/lambda/lines"
import type { Options } from "./options.ts"

/** Colours that are readable on dark and on light; a function keeps its own. */
const COLOURS = [36, 35, 34, 32, 33, 96, 95, 94]
const RED = 31

interface Style {
  colour: boolean
  /** Characters of a line. */
  width?: number
}

function colourOf(name: string): number {
  let sum = 0
  for (const character of name) sum = (sum * 31 + character.charCodeAt(0)) >>> 0
  return COLOURS[sum % COLOURS.length]!
}

/** `local-backline-Api-HealthGet1A2B3C4D-ABCDEF` is called HealthGet. */
export const shortName = (name: string): string => /^[^-]+-[^-]+-[^-]+-(.+?)(?:[0-9A-F]{8})(?:-\w+)?$/.exec(name)?.[1] ?? name

interface Logged {
  level?: unknown
  message?: unknown
  at?: unknown
  requestId?: unknown
  error?: { name?: string; message?: string; stack?: string; cause?: unknown }
}

/** A JSON line as its message and fields; a stack stands below, one frame a line. */
function readable(text: string): { head: string; below: string[] } {
  const invoked = /^Invoke Error (\{.*\})$/s.exec(text)
  try {
    if (invoked) {
      const { errorType, errorMessage, trace = [] } = JSON.parse(invoked[1]!)
      return { head: `${errorType}: ${errorMessage}`, below: trace.slice(1) }
    }
    if (!text.startsWith("{")) return split(text)
    const { level: _, message, at: __, requestId: ___, error, ...fields }: Logged & Record<string, unknown> = JSON.parse(text)
    if (typeof message !== "string") return split(text)
    const more = Object.entries(fields).map(
      ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    )
    const stack = error?.stack?.split("\n") ?? (error ? [JSON.stringify(error)] : [])
    return { head: [message, ...more].join("  "), below: stack }
  } catch {
    return split(text)
  }
}

function split(text: string): { head: string; below: string[] } {
  const [head = "", ...below] = text.split("\n")
  return { head, below }
}

/** Metrics that a function writes for CloudWatch are not for people. */
const isMetric = (text: string): boolean => text.startsWith('{"_aws"')

/** One line of a function for the terminal, or undefined where it was not asked for. */
export function terminalLine(line: Line, wanted: NonNullable<Options["logs"]>, style: Style): string | undefined {
  const name = shortName(line.function)
  if (wanted.errorsOnly && line.level !== "ERROR") return undefined
  if (wanted.parts.length > 0 && !wanted.parts.some((part) => line.function.toLowerCase().includes(part.toLowerCase())))
    return undefined
  if (isMetric(line.text)) return undefined
  const paint = (code: number, text: string) => (style.colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  const time = new Date(line.at).toLocaleTimeString("en-GB", { hour12: false })
  const { head, below } = readable(line.text)
  const isError = line.level === "ERROR"
  const level = line.level === "REPORT" ? "done" : line.level.toLowerCase()
  const columns = [
    paint(2, time),
    paint(colourOf(name), name.padEnd(18)),
    paint(2, line.requestId.slice(0, 8).padEnd(8)),
    isError ? paint(RED, level.padEnd(5)) : paint(2, level.padEnd(5)),
    isError ? paint(RED, head) : line.level === "REPORT" ? paint(2, head) : head,
  ]
  const frames = below.map((frame) => paint(isError ? RED : 2, `          ${frame.trimEnd()}`))
  return [columns.join("  "), ...frames].join("\n")
}
