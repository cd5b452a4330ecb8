import { NotSimulated } from "../sql/error.ts"
import { findTop, quote } from "../sql/scan.ts"
import { as, group, literalOf, renamed, same, type Call, type Rules } from "./rule.ts"

/** `FROM a FOR b` says the same as `, a, b`. */
function substring(call: Call): string {
  const [only] = call.args
  let args = call.args
  if (args.length === 1 && only) {
    const from = findTop(only, ["FROM"])
    const length = findTop(only, ["FOR"])
    if (from < 0) throw new NotSimulated("SUBSTRING without a start")
    args =
      length < 0
        ? [only.slice(0, from), only.slice(from + 1)]
        : [only.slice(0, from), only.slice(from + 1, length), only.slice(length + 1)]
  }
  return `slice(${args.map(call.sql).join(", ")})`
}

/** Redshift writes a group as $1, the engine as \1; a replacement that is no literal cannot be mapped. */
function regexpReplace(call: Call): string {
  const [source, pattern] = call.args.slice(0, 2).map(call.sql)
  const replacement = call.args.length > 2 ? literalOf(call, 2).replaceAll(/\$(\d)/g, "\\$1") : ""
  return `regexp_replace(${source}, ${pattern}, ${quote(replacement)}, 'g')`
}

export const strings: Rules = {
  ...group(same(1), "UPPER LOWER LENGTH CHAR_LENGTH CHARACTER_LENGTH REVERSE ASCII CHR MD5"),
  ...group(same(2), "REPEAT LEFT RIGHT STRPOS"),
  ...group(same(1, 2), "LTRIM RTRIM TRIM"),
  ...group(same(3), "REPLACE SPLIT_PART TRANSLATE"),
  LEN: renamed("length", 1),
  TEXTLEN: renamed("length", 1),
  OCTET_LENGTH: renamed("strlen", 1),
  BTRIM: renamed("trim", 1, 2),
  REPLICATE: renamed("repeat", 2),
  POSITION: same(1),
  CHARINDEX: as(2, 2, (part, text) => `strpos(${text}, ${part})`),
  CONCAT: as(2, 2, (a, b) => `(CAST(${a} AS VARCHAR) || CAST(${b} AS VARCHAR))`),
  LPAD: as(2, 3, (text, n, fill = "' '") => `lpad(${text}, ${n}, ${fill})`),
  RPAD: as(2, 3, (text, n, fill = "' '") => `rpad(${text}, ${n}, ${fill})`),
  INITCAP: renamed("initial_capitals", 1),
  SUBSTRING: { min: 1, max: 3, kind: "scalar", rewrite: substring },
  SUBSTR: { min: 2, max: 3, kind: "scalar", rewrite: substring },
  SHA2: {
    min: 2,
    max: 2,
    kind: "scalar",
    problem: (call) => (call.args[1]?.map((token) => token.key).join("") === "256" ? undefined : "SHA2 with other than 256 bits"),
    rewrite: (call) => `sha256(${call.sql(call.args[0]!)})`,
  },
  REGEXP_REPLACE: { min: 2, max: 3, kind: "scalar", rewrite: regexpReplace },
  REGEXP_SUBSTR: as(2, 2, (text, pattern) => `regexp_extract(${text}, ${pattern})`),
  REGEXP_COUNT: as(2, 2, (text, pattern) => `len(regexp_extract_all(${text}, ${pattern}))`),
  REGEXP_INSTR: as(
    2,
    2,
    (text, pattern) =>
      `(CASE WHEN regexp_matches(${text}, ${pattern}) THEN length(regexp_split_to_array(${text}, ${pattern})[1]) + 1 ELSE 0 END)`,
  ),
}
