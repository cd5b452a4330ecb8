import { aggregates } from "./aggregates.ts"
import { conditions } from "./conditions.ts"
import { dates } from "./dates.ts"
import { json } from "./json.ts"
import { numbers } from "./numbers.ts"
import type { Rule } from "./rule.ts"
import { same } from "./rule.ts"
import { strings } from "./strings.ts"

const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({ ...strings, ...numbers, ...conditions, ...dates, ...json, ...aggregates, PG_LAST_COPY_COUNT: same(0) }),
)

/** Functions that people reach for and that are not in both engines, with what to write instead. */
const INSTEAD: Record<string, string> = {
  STRING_AGG: "write LISTAGG",
  ARRAY_AGG: "write LISTAGG",
  GENERATE_SERIES: "Redshift runs it on the leader node only: write WITH RECURSIVE or a numbers table",
  UNNEST: "split in the staging SQL",
  READ_PARQUET: "load with COPY",
  READ_CSV: "load with COPY",
  READ_JSON: "load with COPY",
  PARQUET_SCAN: "load with COPY",
  NOW: "write GETDATE()",
  CORR: "compute it from sums",
  GEN_RANDOM_UUID: "make ids in the producer",
  STRFTIME: "write TO_CHAR",
  STRPTIME: "write TO_DATE",
  FORMAT: "write ||",
  IF: "write CASE",
  IFNULL: "write COALESCE",
  TO_NUMBER: "write CAST",
  ARRAY: "Redshift has no arrays",
  LIST: "write LISTAGG",
}

export const ruleOf = (name: string): Rule | undefined => RULES.get(name)

/** Why a function without a rule is refused. */
export const refusalOf = (name: string): string =>
  `function ${name}${INSTEAD[name] ? ` (${INSTEAD[name]})` : name.startsWith("REGR_") || name.startsWith("COVAR_") ? " (not in Redshift)" : ""}`
