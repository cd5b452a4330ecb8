import { as, group, same, type Rules } from "./rule.ts"

export const conditions: Rules = {
  ...group(same(1, 64), "COALESCE GREATEST LEAST"),
  NULLIF: same(2),
  NVL: as(1, 64, (...args) => `COALESCE(${args.join(", ")})`),
  NVL2: as(3, 3, (a, b, c) => `(CASE WHEN ${a} IS NOT NULL THEN ${b} ELSE ${c} END)`),
  /** NULL equals NULL here, unlike in CASE x WHEN. */
  DECODE: as(3, 256, (value, ...rest) => {
    const cases: string[] = []
    for (let i = 0; i + 1 < rest.length; i += 2)
      cases.push(`WHEN (${value}) IS NOT DISTINCT FROM (${rest[i]}) THEN ${rest[i + 1]}`)
    return `(CASE ${cases.join(" ")}${rest.length % 2 ? ` ELSE ${rest.at(-1)}` : ""} END)`
  }),
}
