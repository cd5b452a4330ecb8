import { NotSimulated, SqlError } from "../sql/error.ts"
import { literal, quote } from "../sql/scan.ts"
import { strftimeFormat } from "./formats.ts"
import { as, literalOf, renamed, same, type Call, type Rule, type Rules } from "./rule.ts"

/** Date parts as Redshift spells them. https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html */
const PARTS: Record<string, string> = Object.fromEntries(
  Object.entries({
    year: "year years yr yrs y",
    quarter: "quarter quarters qtr qtrs",
    month: "month months mon mons",
    week: "week weeks w",
    day: "day days d",
    hour: "hour hours hr hrs h",
    minute: "minute minutes min mins m",
    second: "second seconds sec secs s",
    epoch: "epoch",
    dow: "dow dayofweek weekday",
    doy: "doy dayofyear yearday",
  }).flatMap(([part, names]) => names.split(" ").map((name) => [name, part])),
)
const ADDED: Record<string, (n: string) => string> = {
  year: (n) => `to_months(CAST((${n}) * 12 AS INTEGER))`,
  quarter: (n) => `to_months(CAST((${n}) * 3 AS INTEGER))`,
  month: (n) => `to_months(CAST(${n} AS INTEGER))`,
  week: (n) => `to_days(CAST((${n}) * 7 AS INTEGER))`,
  day: (n) => `to_days(CAST(${n} AS INTEGER))`,
  hour: (n) => `to_hours(CAST(${n} AS BIGINT))`,
  minute: (n) => `to_minutes(CAST(${n} AS BIGINT))`,
  second: (n) => `to_microseconds(CAST((${n}) AS BIGINT) * 1000000)`,
}

/** A date part is a bare word or a string. */
function partOf(call: Omit<Call, "sql">, allowed: readonly string[]): string {
  const token = call.args[0]?.[0]
  const name = token && (token.kind === "string" ? literal(token) : token.text).toLowerCase()
  const part = name && PARTS[name]
  if (!part || call.args[0]!.length !== 1) throw new NotSimulated(`${call.name} of ${name ?? "nothing"}`)
  if (!allowed.includes(part)) throw new NotSimulated(`${call.name}(${part}): its boundary is not documented or differs`)
  return part
}

const SPANS = ["year", "quarter", "month", "day", "hour", "minute", "second"]
const FIELDS = [...SPANS, "week", "dow", "doy", "epoch"]

const withPart = (min: number, max: number, allowed: readonly string[], rewrite: (part: string, call: Call) => string): Rule => ({
  min,
  max,
  kind: "scalar",
  problem: (call) => problemOf(() => partOf(call, allowed)),
  rewrite: (call) => rewrite(partOf(call, allowed), call),
})

const problemOf = (check: () => unknown): string | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof SqlError) return error.message.replace(/^NOT_SIMULATED: /, "")
    throw error
  }
}

/** Whole seconds; the engine would give a fraction. */
const field = (part: string, value: string): string =>
  part === "epoch" ? `CAST(trunc(date_part('epoch', CAST(${value} AS TIMESTAMP))) AS BIGINT)` : `date_part('${part}', ${value})`

function formatOf(call: Omit<Call, "sql">): string {
  const wanted = literalOf(call, 1)
  if (/^[FM]*[SL$]*[09.,DGSPRMI]*[09][09.,DGSPRMI]*$/.test(wanted) && call.name === "TO_CHAR")
    throw new NotSimulated("TO_CHAR of a number: CAST it AS VARCHAR")
  const mapped = strftimeFormat(wanted)
  if ("unknown" in mapped) throw new NotSimulated(`${call.name} with the pattern ${mapped.unknown}`)
  return mapped.format
}

const formatted = (rewrite: (value: string, format: string) => string): Rule => ({
  min: 2,
  max: 2,
  kind: "scalar",
  problem: (call) => problemOf(() => formatOf(call)),
  rewrite: (call) => rewrite(call.sql(call.args[0]!), quote(formatOf(call))),
})

const dateAdd = withPart(
  3,
  3,
  [...SPANS, "week"],
  (part, call) => `(CAST(${call.sql(call.args[2]!)} AS TIMESTAMP) + ${ADDED[part]!(call.sql(call.args[1]!))})`,
)
const dateDiff = withPart(
  3,
  3,
  SPANS,
  (part, call) =>
    `date_diff('${part}', CAST(${call.sql(call.args[1]!)} AS TIMESTAMP), CAST(${call.sql(call.args[2]!)} AS TIMESTAMP))`,
)

/** EXTRACT(part FROM value) */
const extract: Rule = {
  min: 1,
  max: 1,
  kind: "scalar",
  problem: (call) => problemOf(() => partOf({ ...call, args: [(call.args[0] ?? []).slice(0, 1)] }, FIELDS)),
  rewrite: (call) => {
    const [arg] = call.args
    if (arg?.[1]?.key !== "FROM") throw new SqlError(`syntax error at or near "EXTRACT"`)
    return field(partOf({ ...call, args: [arg.slice(0, 1)] }, FIELDS), call.sql(arg.slice(2)))
  },
}

export const dates: Rules = {
  DATEADD: dateAdd,
  DATE_ADD: dateAdd,
  DATEDIFF: dateDiff,
  DATE_DIFF: dateDiff,
  EXTRACT: extract,
  DATE_PART: withPart(2, 2, FIELDS, (part, call) => field(part, call.sql(call.args[1]!))),
  DATE_TRUNC: withPart(
    2,
    2,
    [...SPANS, "week"],
    (part, call) => `date_trunc('${part}', CAST(${call.sql(call.args[1]!)} AS TIMESTAMP))`,
  ),
  DATE_PART_YEAR: as(1, 1, (value) => `date_part('year', ${value})`),
  GETDATE: as(0, 0, () => "getdate()"),
  LAST_DAY: same(1),
  ADD_MONTHS: renamed("months_later", 2),
  CONVERT_TIMEZONE: as(2, 3, (...args) => {
    const [source, target, value] = args.length === 2 ? ["'UTC'", args[0]!, args[1]!] : args
    return `timezone(${target}, timezone(${source}, CAST(${value} AS TIMESTAMP)))`
  }),
  TO_CHAR: formatted((value, format) => `strftime(CAST(${value} AS TIMESTAMP), ${format})`),
  TO_DATE: formatted((value, format) => `CAST(strptime(${value}, ${format}) AS DATE)`),
  TO_TIMESTAMP: formatted((value, format) => `timezone('UTC', strptime(${value}, ${format}))`),
}
