/** Date patterns that mean the same as one strftime code; the others (blank-padded names, roman months) are refused. */
const PATTERNS: [pattern: string, code: string, exact?: "exact"][] = [
  ["FMMonth", "%B", "exact"],
  ["FMDay", "%A", "exact"],
  ["IYYY", "%G"],
  ["YYYY", "%Y"],
  ["HH24", "%H"],
  ["HH12", "%I"],
  ["DDD", "%j"],
  ["Mon", "%b", "exact"],
  ["YY", "%y"],
  ["MM", "%m"],
  ["DD", "%d"],
  ["HH", "%I"],
  ["MI", "%M"],
  ["SS", "%S"],
  ["MS", "%g"],
  ["US", "%f"],
  ["IW", "%V"],
  ["AM", "%p", "exact"],
  ["PM", "%p", "exact"],
  ["Dy", "%a", "exact"],
]

/** The strftime format of a Redshift date format, or what cannot be expressed. https://docs.aws.amazon.com/redshift/latest/dg/r_FORMAT_strings.html */
export function strftimeFormat(format: string): { format: string } | { unknown: string } {
  let out = ""
  let at = 0
  while (at < format.length) {
    const rest = format.slice(at)
    const quoted = /^"([^"]*)"/.exec(rest)
    const found = PATTERNS.find(([pattern, , exact]) =>
      exact ? rest.startsWith(pattern) : rest.slice(0, pattern.length).toUpperCase() === pattern,
    )
    if (quoted) {
      out += quoted[1]!.replaceAll("%", "%%")
      at += quoted[0].length
    } else if (found) {
      out += found[1]
      at += found[0].length
    } else if (/^[A-Za-z0-9]/.test(rest)) return { unknown: `${rest} of '${format}'` }
    else {
      out += rest[0] === "%" ? "%%" : rest[0]
      at++
    }
  }
  return { format: out }
}
