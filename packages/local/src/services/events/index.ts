import { AwsError, type Cloud, type ResourceType, type Service } from "../../service.ts"
import { Rule } from "./rule.ts"

/** Schedules are whole minutes; the clock may be moved, so it is looked at more often. */
const LOOK_MS = 500

const ruleType = (rules: Rule[]): ResourceType => ({
  simulated: ["Name", "ScheduleExpression", "State", "Targets"],
  ignored: { Description: "text for people", Tags: "tags decide nothing here" },
  identify(resource, { account, region }) {
    const ref = String(resource.property("Name") ?? resource.physicalName({ max: 64 }))
    const arn = `arn:aws:events:${region}:${account}:rule/${ref}`
    return { ref, arn, attributes: { Arn: arn } }
  },
  async provision(resource, cloud) {
    rules.push(new Rule(resource, cloud.now()))
  },
  async update(resource, previous, cloud) {
    const made = new Rule(resource, cloud.now())
    const index = rules.findIndex(({ arn }) => arn === previous.identity.arn)
    rules.splice(index, index < 0 ? 0 : 1, made)
  },
  async remove(resource) {
    const index = rules.findIndex(({ arn }) => arn === resource.identity.arn)
    if (index >= 0) rules.splice(index, 1)
  },
})

/** EventBridge rules on a schedule. `invokeAsync` is the Lambda runtime's (`createLambda`): EventBridge does not wait for functions. */
export function events(lambda: { invokeAsync(function_: string, event: unknown): string }): Service {
  const rules: Rule[] = []
  let timer: NodeJS.Timeout | undefined

  const check = (cloud: Cloud) => {
    for (const rule of rules)
      rule.check(cloud, (arn, event) => {
        try {
          lambda.invokeAsync(arn, JSON.parse(event))
        } catch (error) {
          cloud.log("events", `${rule.name} could not invoke ${arn}: ${String(error)}`)
        }
      })
  }

  return {
    names: ["events"],
    protocol: "json",
    types: { "AWS::Events::Rule": ruleType(rules) },
    async start(cloud) {
      timer = setInterval(() => check(cloud), LOOK_MS).unref()
    },
    authorize(request) {
      const operation = request.headers["x-amz-target"]?.split(".").at(-1) ?? ""
      throw new AwsError("UnknownOperationException", `NOT_SIMULATED: events.${operation}: rules come from the templates.`)
    },
    handle: () => Promise.reject(new Error("authorize refuses every operation")),
    state: () => rules.map(({ name, enabled, next, fired }) => ({ rule: name, enabled, next, fired })),
    async stop() {
      clearInterval(timer)
    },
  }
}
