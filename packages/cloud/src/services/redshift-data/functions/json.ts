import { NotSimulated } from "../sql/error.ts"
import { quote } from "../sql/scan.ts"
import { as, literalOf, renamed, type Call, type Rule, type Rules } from "./rule.ts"

/** Whether the last argument says that broken JSON gives NULL, and the arguments without it. */
function forgivingOf(call: Call, least: number): { args: Call["args"]; forgiving: boolean } {
  const last = call.args.at(-1)!
  const said = last.length === 1 && (last[0]!.key === "TRUE" || last[0]!.key === "FALSE")
  if (said) return { args: call.args.slice(0, -1), forgiving: last[0]!.key === "TRUE" }
  if (call.args.length > least) throw new NotSimulated(`${call.name} with null_if_invalid that is neither TRUE nor FALSE`)
  return { args: call.args, forgiving: false }
}

/** A step of digits names a key of an object, and else a place in an array. */
const pathsOf = (steps: readonly string[]): string[] =>
  steps.reduce<string[]>(
    (paths, step) =>
      paths.flatMap((path) => [
        `${path}."${step.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
        ...(/^\d+$/.test(step) ? [`${path}[${step}]`] : []),
      ]),
    ["$"],
  )

/** json_extract_path_text(text, 'a', 'b' [, null_if_invalid]): https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html */
function extractPath(call: Call): string {
  const { args, forgiving } = forgivingOf(call, 7)
  const steps = args.slice(1).map((_, i) => literalOf(call, i + 1))
  if (steps.length === 0 || steps.length > 5) throw new NotSimulated("JSON_EXTRACT_PATH_TEXT with other than one to five steps")
  const text = `json_given(${call.sql(args[0]!)}, ${forgiving})`
  const found = pathsOf(steps).map((path) => `json_extract_string(${text}, ${quote(path)})`)
  return found.length === 1 ? found[0]! : `COALESCE(${found.join(", ")})`
}

/** A function of an array as text, with null_if_invalid at its end. */
const ofArray = (args: number, rewrite: (text: string, ...more: string[]) => string): Rule => ({
  min: args,
  max: args + 1,
  kind: "scalar",
  rewrite: (call) => {
    const { args: given, forgiving } = forgivingOf(call, args)
    const [text, ...more] = given.map(call.sql)
    return rewrite(`array_given(${text}, ${forgiving})`, ...more)
  },
})

export const json: Rules = {
  JSON_EXTRACT_PATH_TEXT: { min: 2, max: 7, kind: "scalar", rewrite: extractPath },
  /** Negative places and those past the end are NULL: https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_ARRAY_ELEMENT_TEXT.html */
  JSON_EXTRACT_ARRAY_ELEMENT_TEXT: ofArray(
    2,
    (text, index) => `CASE WHEN (${index}) >= 0 THEN json_extract_string(${text}, '$[' || greatest(${index}, 0) || ']') END`,
  ),
  JSON_ARRAY_LENGTH: ofArray(1, (text) => `CAST(json_array_length(${text}) AS INTEGER)`),
  JSON_PARSE: as(1, 1, (text) => `CAST(${text} AS JSON)`),
  JSON_SERIALIZE: as(1, 1, (value) => `CAST(${value} AS VARCHAR)`),
  CAN_JSON_PARSE: renamed("is_json", 1),
  IS_VALID_JSON: renamed("is_json", 1),
  IS_VALID_JSON_ARRAY: renamed("is_json_array", 1),
}
