export interface Piece {
  kind: "text" | "link" | "mention"
  text: string
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** A text cut into words, web addresses and mentions of `@assistant` or of a name; joined again they are the text. */
export function piecesOf(text: string, names: readonly string[]): Piece[] {
  const known = ["assistant", ...names].filter(Boolean).sort((a, b) => b.length - a.length)
  const parts = new RegExp(
    `(https?://[^\\s<>"']+[^\\s<>"'.,:;!?)\\]])|((?<![\\w@])@(?:${known.map(escape).join("|")})(?!\\w))`,
    "giu",
  )
  const pieces: Piece[] = []
  let at = 0
  for (const match of text.matchAll(parts)) {
    if (match.index > at) pieces.push({ kind: "text", text: text.slice(at, match.index) })
    pieces.push({ kind: match[1] ? "link" : "mention", text: match[0] })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ kind: "text", text: text.slice(at) })
  return pieces
}
