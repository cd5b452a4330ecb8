import type { TapLine } from "@backline/client"

/** How an event ended, as the eye sorts it. */
export type Tone = "good" | "bad" | "quiet"

const QUIET = new Set(["ack", "posted", "queued", "open", "closed"])

/** An error's code is bad news, and so is a frame that did not reach everybody. */
export function toneOf({ outcome, failed = 0 }: TapLine): Tone {
  if (!QUIET.has(outcome) || failed > 0) return "bad"
  return outcome === "ack" || outcome === "open" ? "good" : "quiet"
}

export interface Filter {
  text: string
  direction: string
  outcome: string
}

/** Whether a line fits the filters and has all the words in what its row shows. */
export function fits(line: TapLine, { text, direction, outcome }: Filter, name: string): boolean {
  if (direction !== "" && line.direction !== direction) return false
  if (outcome === "bad" && toneOf(line) !== "bad") return false
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const { what, user, connectionId = "", room = "", doc = "", seq = "" } = line
  const all = [name, user?.id ?? "", what, connectionId, room, doc, line.outcome, seq].join(" ").toLowerCase()
  return words.every((word) => all.includes(word))
}

const KIB = 1_024

/** `120 B`, `1.2 KB`. */
export const formatBytes = (bytes: number): string => (bytes < KIB ? `${bytes} B` : `${Number((bytes / KIB).toFixed(1))} KB`)

/** Who heard it, in words: `4 got it`, `3 got it, 1 gone`. */
export function reachOf({ to, gone = 0, failed = 0 }: TapLine): string | undefined {
  if (to === undefined) return undefined
  return [`${to} got it`, ...(gone > 0 ? [`${gone} gone`] : []), ...(failed > 0 ? [`${failed} not reached`] : [])].join(", ")
}

/** Lines as a program reads them, one JSON object each, oldest first. */
export const jsonLines = (lines: readonly TapLine[]): string =>
  lines.map((line) => JSON.stringify({ ...line, n: undefined })).join("\n")
