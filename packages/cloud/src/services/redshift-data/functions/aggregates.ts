import { NotSimulated } from "../sql/error.ts"
import { findTop } from "../sql/scan.ts"
import { group, overOf, same, type Call, type Rule, type Rules } from "./rule.ts"

const aggregate = (min: number, max = min): Rule => same(min, max, "aggregate")
const window = (min: number, max = min): Rule => same(min, max, "window")

const FLOATS = /^(?:FLOAT8|FLOAT|DOUBLE PRECISION)$/

/** AVG of integers is a truncated integer in Redshift and a fraction here, so it must say FLOAT8. */
function averageProblem(call: Omit<Call, "sql">): string | undefined {
  const arg = (call.args[0] ?? []).filter((token) => token.key !== "DISTINCT")
  const text = arg.map((token) => token.key).join(" ")
  const cast = arg[0]?.key === "CAST" && arg.at(-1)?.key === ")" && FLOATS.test(text.slice(text.lastIndexOf(" AS ") + 4, -2))
  const suffix = text.lastIndexOf(" :: ")
  return cast || (suffix > 0 && FLOATS.test(text.slice(suffix + 4)))
    ? undefined
    : "AVG without a cast (Redshift truncates the average of integers): write AVG(CAST(x AS FLOAT8))"
}

/** An aggregate's ORDER BY stands inside the brackets here, behind them in Redshift. */
function listagg(call: Call): string {
  const separator = call.args[1] ? call.sql(call.args[1]) : "''"
  const order = call.within ? ` ${call.sql(call.within)}` : ""
  return `string_agg(${call.sql(call.args[0]!)}, ${separator}${order})${overOf(call)}`
}

function ratioToReport(call: Call): string {
  if (!call.over) throw new NotSimulated("RATIO_TO_REPORT without OVER")
  const value = call.sql(call.args[0]!)
  return `(CAST(${value} AS DOUBLE) / NULLIF(SUM(${value})${overOf(call)}, 0))`
}

/** IGNORE NULLS stands inside the brackets here. */
const positional = (min: number, max = min): Rule => ({
  min,
  max,
  kind: "window",
  rewrite: (call) =>
    `${call.name}(${call.args.map(call.sql).join(", ")}${call.ignoreNulls ? " IGNORE NULLS" : ""})${overOf(call)}`,
})

export const FRAMED = new Set(["FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"])

export const aggregates: Rules = {
  ...group(
    aggregate(1),
    "COUNT SUM MIN MAX STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP BOOL_AND BOOL_OR ANY_VALUE MEDIAN GROUPING",
  ),
  ...group(
    { ...aggregate(1), problem: (call) => (call.within ? undefined : `${call.name} without WITHIN GROUP (ORDER BY …)`) },
    "PERCENTILE_CONT PERCENTILE_DISC",
  ),
  ...group(window(0), "ROW_NUMBER RANK DENSE_RANK PERCENT_RANK CUME_DIST"),
  NTILE: window(1),
  AVG: { ...aggregate(1), problem: averageProblem },
  HLL: { ...aggregate(1), rewrite: (call) => `approx_count_distinct(${call.sql(call.args[0]!)})` },
  LISTAGG: {
    ...aggregate(1, 2),
    problem: (call) =>
      call.over && findTop(call.over, ["ORDER"]) >= 0 ? "LISTAGG with ORDER BY in its window: order by WITHIN GROUP" : undefined,
    rewrite: listagg,
  },
  RATIO_TO_REPORT: { ...window(1), rewrite: ratioToReport },
  LAG: positional(1, 2),
  LEAD: positional(1, 2),
  FIRST_VALUE: positional(1),
  LAST_VALUE: positional(1),
  NTH_VALUE: positional(2),
}
