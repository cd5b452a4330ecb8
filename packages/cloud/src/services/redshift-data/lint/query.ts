import { closing, findTop, splitCommas } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"

/** An output column of an API query says its type and its name, so that both engines answer with the same kinds: CAST(… AS type) AS lower_snake_name. */
export function untypedOutput(tokens: readonly Token[]): Token | undefined {
  const select = findTop(tokens, ["SELECT"])
  if (select < 0) return undefined
  const from = findTop(tokens, ["FROM", "UNION", "WHERE", "LIMIT"], select)
  const list = splitCommas(tokens.slice(select + 1, from < 0 ? undefined : from))
  const bad = list.find((item) => {
    const start = item[0]?.key === "DISTINCT" ? 1 : 0
    if (item[start]?.key !== "CAST" || item[start + 1]?.key !== "(") return true
    const close = closing(item, start + 1)
    return close !== item.length - 3 || item[close + 1]?.key !== "AS" || !/^[a-z][a-z0-9_]*$/.test(item[close + 2]!.text)
  })
  return bad && (bad[0] ?? tokens[select])
}
