import { NotSimulated } from "../sql/error.ts"
import { as, group, same, type Call, type Rule, type Rules } from "./rule.ts"

/** How many places ROUND and TRUNC keep; negative ones are before the point. */
function placesOf(call: Omit<Call, "sql">): number {
  const text = (call.args[1] ?? []).map((token) => token.text).join("")
  if (!/^[-+]?\d{1,2}$/.test(text)) throw new NotSimulated(`${call.name} to a number of places that is no literal`)
  return Number(text)
}

/** What lies behind the point decides nothing before it, and a wide type has room for the places that are added. */
const toPlaces = (name: "ROUND" | "TRUNC", whole: string): Rule => ({
  min: 1,
  max: 2,
  kind: "scalar",
  rewrite: (call) => {
    const value = call.sql(call.args[0]!)
    if (call.args.length === 1) return `${whole}(${value})`
    const places = placesOf(call)
    return places < 0 ? `${name}(whole_part(${value}), ${places})` : `${name}(${value}, ${places})`
  },
})

export const numbers: Rules = {
  ...group(same(1), "ABS CEIL CEILING FLOOR SQRT CBRT EXP LN LOG SIGN SIN COS TAN ASIN ACOS ATAN DEGREES RADIANS"),
  ...group(same(2), "POWER POW ATAN2"),
  /** https://docs.aws.amazon.com/redshift/latest/dg/r_ROUND.html */
  ROUND: toPlaces("ROUND", "ROUND"),
  PI: same(0),
  RANDOM: same(0),
  MOD: as(2, 2, (a, b) => `((${a}) % nonzero(${b}))`),
  /** Of a timestamp it is the date, of a number the whole part, or what is kept of its places. https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNC.html */
  TRUNC: toPlaces("TRUNC", "truncated"),
}
