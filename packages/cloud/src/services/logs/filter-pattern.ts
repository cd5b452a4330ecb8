import { AwsError } from "../../service.ts"

const TERM = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|([\w.:/@#=,*$-]+))(?=\s|$)/y

const refused = (pattern: string, why: string) =>
  new AwsError("InvalidParameterException", `NOT_SIMULATED: filterPattern ${pattern}: ${why}`)

/**
 * Whether a message has every term, none of the `-terms`, or one of the `?terms`; a term matches anywhere in the text.
 * Refuses patterns over JSON, over fields and with regular expressions by name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function readPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim()
  if (/^[{[%]/.test(text))
    throw refused(text, "patterns here are terms of text, not JSON ({ }), fields ([ ]) or expressions (% %).")
  const terms: Record<"all" | "any" | "none", string[]> = { all: [], any: [], none: [] }
  for (let at = 0; at < text.length;) {
    TERM.lastIndex = at
    const found = TERM.exec(text)
    if (!found) throw refused(text, `put ${text.slice(at).split(" ")[0]} in double quotation marks.`)
    const [whole, sign, phrase, word = ""] = found
    const kind = sign === "?" ? "any" : sign === "-" ? "none" : "all"
    terms[kind].push(phrase === undefined ? word : phrase.replaceAll(/\\(.)/g, "$1"))
    at += whole.length
    while (text[at] === " ") at++
  }
  if (terms.any.length > 0 && terms.all.length + terms.none.length > 0)
    throw refused(text, "AWS ignores ?terms beside other terms: ask for one kind.")
  return (message) =>
    terms.all.every((term) => message.includes(term)) &&
    !terms.none.some((term) => message.includes(term)) &&
    (terms.any.length === 0 || terms.any.some((term) => message.includes(term)))
}
