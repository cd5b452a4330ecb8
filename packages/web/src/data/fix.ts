import type { QuarantinedDetail } from "@backline/client"

/** What is edited: a record that is JSON is laid out, any other text is as it came, and what is no text begins as an empty envelope. */
export function draftOf({ text, at }: Pick<QuarantinedDetail, "text" | "at">): string {
  if (text === undefined) return JSON.stringify({ id: "", type: "", at, v: 1, data: {} }, undefined, 2)
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}

/** The draft as JSON, or what keeps it from being that. */
export function readDraft(draft: string): { event: unknown; problem?: undefined } | { problem: string } {
  try {
    return { event: JSON.parse(draft) as unknown }
  } catch (error) {
    return { problem: `This is not JSON yet: ${(error as Error).message}` }
  }
}

/** Where the last name of a path (`data.venueId`) stands in the draft, to be shown to who mends it; what is missing has no place. */
export function placeIn(draft: string, path: string): [start: number, end: number] | undefined {
  let from = 0
  let found: [number, number] | undefined
  for (const name of path.split(".").filter((part) => part !== "" && !/^\d+$/.test(part))) {
    const match = new RegExp(`"${name.replaceAll(/[^\w]/g, ".")}"\\s*:\\s*`).exec(draft.slice(from))
    if (!match) return undefined
    const start = from + match.index
    found = [
      start,
      start + match[0].length + (/^("(?:[^"\\]|\\.)*"|[^,}\]\s]*)/.exec(draft.slice(start + match[0].length))?.[0].length ?? 0),
    ]
    from = start + match[0].length
  }
  return found
}

/** `code: message` of a reason apart, and `path: message` of the latter. */
export function partsOf(reason: string): { code: string; message: string } {
  const [, code = "", message = reason] = /^([a-z_]+\.[a-z_]+): (.*)$/s.exec(reason) ?? []
  return { code, message }
}
