import { as, group, renamed, same, type Rules } from "./rule.ts"

export const numbers: Rules = {
  ...group(same(1), "ABS CEIL CEILING FLOOR SQRT CBRT EXP LN LOG SIGN SIN COS TAN ASIN ACOS ATAN DEGREES RADIANS"),
  ...group(same(2), "POWER POW ATAN2"),
  ROUND: same(1, 2),
  PI: same(0),
  RANDOM: same(0),
  MOD: as(2, 2, (a, b) => `((${a}) % nonzero(${b}))`),
  /** Of a timestamp it is the date, of a number the whole part. */
  TRUNC: renamed("truncated", 1),
}
