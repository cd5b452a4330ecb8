import { busArn, busName, ruleArn } from "./bus.ts"
import { invalid, onRule, type Operation } from "./operation.ts"
import { Rule } from "./rule.ts"
import { readPattern } from "./test-event-pattern.ts"

const KNOWN = new Set(["Name", "EventBusName", "EventPattern", "ScheduleExpression", "State", "Description", "RoleArn", "Tags"])

/** Makes a rule or changes it; its targets stay. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
export const PutRule: Operation = {
  access: onRule("PutRule"),
  run({ input, buses, cloud, place }) {
    const unknown = Object.keys(input).find((name) => !KNOWN.has(name))
    if (unknown !== undefined) throw invalid(`NOT_SIMULATED: events.PutRule.${unknown}`)
    if (!/^[\w.-]{1,64}$/.test(String(input.Name))) throw invalid("Parameter Name is not valid.")
    if (input.EventPattern === undefined && input.ScheduleExpression === undefined)
      throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    const bus = busName(input.EventBusName)
    const known = buses.rules(bus).get(input.Name)
    const rule = readRule(
      () =>
        new Rule(
          {
            name: input.Name,
            arn: ruleArn(cloud, bus, input.Name),
            busArn: busArn(cloud, bus),
            pattern: input.EventPattern === undefined ? undefined : readPattern(input.EventPattern).pattern,
            schedule: input.ScheduleExpression,
            enabled: input.State !== "DISABLED",
            description: input.Description,
            roleArn: input.RoleArn,
          },
          cloud.now(),
        ),
    )
    if (known) rule.aim([...known.targets.values()].map(({ given }) => given))
    place(rule)
    return { RuleArn: rule.arn }
  },
}

/** What is not simulated is the caller's to mend. */
function readRule(make: () => Rule): Rule {
  try {
    return make()
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("NOT_SIMULATED")) throw invalid(error.message)
    throw error
  }
}
