import { NotSimulated } from "../sql/error.ts"
import { quote } from "../sql/scan.ts"
import { as, literalOf, renamed, type Call, type Rules } from "./rule.ts"

/** json_extract_path_text(text, 'a', 'b' [, true]): the last argument says that broken JSON gives NULL. */
function extractPath(call: Call): string {
  const last = call.args.at(-1)!
  const forgiving = last.length === 1 && ["TRUE", "FALSE"].includes(last[0]!.key)
  const steps = call.args.slice(1, forgiving ? -1 : undefined).map((_, i) => literalOf(call, i + 1))
  if (steps.length > 5) throw new NotSimulated("JSON_EXTRACT_PATH_TEXT with more than five steps")
  const text = call.sql(call.args[0]!)
  const path = quote(`$${steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `."${step}"`)).join("")}`)
  const value = `json_extract_string(${text}, ${path})`
  return forgiving && last[0]!.key === "TRUE" ? `(CASE WHEN json_valid(${text}) THEN ${value} END)` : value
}

export const json: Rules = {
  JSON_EXTRACT_PATH_TEXT: { min: 2, max: 7, kind: "scalar", rewrite: extractPath },
  JSON_EXTRACT_ARRAY_ELEMENT_TEXT: as(2, 2, (text, index) => `json_extract_string(${text}, '$[' || (${index}) || ']')`),
  JSON_ARRAY_LENGTH: as(1, 1, (text) => `CAST(json_array_length(${text}) AS INTEGER)`),
  JSON_PARSE: as(1, 1, (text) => `CAST(${text} AS JSON)`),
  JSON_SERIALIZE: as(1, 1, (value) => `CAST(${value} AS VARCHAR)`),
  CAN_JSON_PARSE: renamed("json_valid", 1),
  IS_VALID_JSON: renamed("json_valid", 1),
}
