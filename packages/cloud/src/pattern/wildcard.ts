import { refuse } from "./error.ts"

/** The literal pieces between the asterisks; `\*` and `\\` stand for themselves, nothing else may be escaped. */
function piecesOf(pattern: string): string[] {
  const pieces = [""]
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === "\\") {
      const escaped = pattern[++at]
      if (escaped !== "*" && escaped !== "\\") refuse(`Invalid escape character at pos ${at} of wildcard ${pattern}`)
      pieces[pieces.length - 1] += escaped!
    } else if (character === "*") {
      if (pattern[at + 1] === "*") refuse(`Consecutive wildcard characters at pos ${at} of wildcard ${pattern}`)
      pieces.push("")
    } else pieces[pieces.length - 1] += character
  }
  return pieces
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching. Linear in the text: pieces are found from left to right. */
export function wildcard(pattern: string): (text: string) => boolean {
  const pieces = piecesOf(pattern)
  const [first, last] = [pieces[0]!, pieces.at(-1)!]
  if (pieces.length === 1) return (text) => text === first
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    const end = text.length - last.length
    let from = first.length
    for (const piece of pieces.slice(1, -1)) {
      const found = text.indexOf(piece, from)
      if (found < 0 || found + piece.length > end) return false
      from = found + piece.length
    }
    return true
  }
}
