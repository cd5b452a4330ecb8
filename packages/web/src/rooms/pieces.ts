export interface Piece {
  kind: "text" | "link" | "mention"
  text: string
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** A text cut into words, web addresses (which end before a character that cannot be seen, or that turns those around it) and mentions of `@assistant` or of a name; joined again they are the text. */
export function piecesOf(text: string, names: readonly string[]): Piece[] {
  const known = ["assistant", ...names].filter(Boolean).sort((a, b) => b.length - a.length)
  const parts = new RegExp(
    `(https?://[^\\s\\p{C}<>"']+[^\\s\\p{C}<>"'.,:;!?)\\]])|((?<![\\w@])@(?:${known.map(escape).join("|")})(?!\\w))`,
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
