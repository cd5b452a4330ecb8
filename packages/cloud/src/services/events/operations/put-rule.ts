import { busArn, busName, ruleArn } from "../bus.ts"
import { invalid, onRule, operation } from "./operation.ts"
import { Rule } from "../rule.ts"
import { readPattern } from "./test-event-pattern.ts"

/** Makes a rule or changes it; its targets stay. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
export const PutRule = operation({
  members: ["Name", "EventBusName", "EventPattern", "ScheduleExpression", "State", "Description", "RoleArn", "Tags"],
  access: onRule("PutRule"),
  run({ input, buses, cloud, place }) {
    const name = String(input.Name)
    if (!/^[\w.-]{1,64}$/.test(name)) throw invalid("Parameter Name is not valid.")
    if (input.EventPattern === undefined && input.ScheduleExpression === undefined)
      throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    const bus = busName(input.EventBusName)
    const known = buses.rules(bus).get(name)
    const rule = readRule(
      () =>
        new Rule(
          {
            name,
            arn: ruleArn(cloud, bus, name),
            busArn: busArn(cloud, bus),
            pattern: input.EventPattern === undefined ? undefined : readPattern(input.EventPattern).pattern,
            schedule: input.ScheduleExpression as string | undefined,
            enabled: input.State !== "DISABLED",
            description: input.Description as string | undefined,
            roleArn: input.RoleArn as string | undefined,
          },
          cloud.now(),
        ),
    )
    if (known) rule.aim([...known.targets.values()].map(({ given }) => given))
    place(rule)
    return { output: { RuleArn: rule.arn } }
  },
})

/** What is not simulated is the caller's to mend. */
function readRule(make: () => Rule): Rule {
  try {
    return make()
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("NOT_SIMULATED")) throw invalid(error.message)
    throw error
  }
}
