import { compilePattern, PatternError, RULE } from "../../../pattern/index.ts"
import { AwsError } from "../../../service.ts"
import { invalid, operation } from "./operation.ts"

const REQUIRED = ["id", "account", "source", "time", "region", "resources", "detail-type"]

const invalidPattern = (error: PatternError): AwsError =>
  new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${error.message}`)

export function readPattern(text: unknown) {
  let pattern: unknown
  try {
    pattern = JSON.parse(String(text))
  } catch {
    throw invalidPattern(new PatternError("it is no JSON"))
  }
  try {
    return { pattern, compiled: compilePattern(pattern, RULE) }
  } catch (error) {
    throw error instanceof PatternError ? invalidPattern(error) : error
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html */
export const TestEventPattern = operation({
  members: ["EventPattern", "Event"],
  access: () => [{ action: "events:TestEventPattern", resource: "*" }],
  run({ input }) {
    const { compiled } = readPattern(input.EventPattern)
    let event: Record<string, unknown> | null
    try {
      event = JSON.parse(String(input.Event)) as Record<string, unknown> | null
    } catch {
      throw invalid("Parameter Event is not valid. Reason: it is no JSON.")
    }
    const missing = REQUIRED.find((name) => event?.[name] === undefined)
    if (missing !== undefined) throw invalid(`Parameter Event is not valid. Reason: ${missing} is a required field.`)
    return { output: { Result: compiled.matches(event) } }
  },
})
