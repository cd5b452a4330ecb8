import type { Access, AwsRequest, Cloud } from "../../service.ts"
import { AwsError } from "../../service.ts"
import { type Buses, busName, ruleArn } from "./bus.ts"
import type { Router } from "./router.ts"
import type { Rule } from "./rule.ts"

/** What an operation works with. */
export interface Call {
  input: Record<string, any>
  buses: Buses
  router: Router
  cloud: Cloud
  request: AwsRequest
  /** Puts a rule in the place of the one with its name, and follows its schedule. */
  place(rule: Rule): void
}

/** One EventBridge operation: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export interface Operation {
  access(call: Pick<Call, "input" | "cloud">): Access[]
  run(call: Call): unknown
}

export const invalid = (message: string): AwsError => new AwsError("ValidationException", message)

/** IAM is asked about the rule that the input names. */
export const onRule =
  (action: string, member: "Name" | "Rule" = "Name") =>
  ({ input, cloud }: Pick<Call, "input" | "cloud">): Access[] => [
    { action: `events:${action}`, resource: ruleArn(cloud, busName(input.EventBusName), String(input[member])) },
  ]

export const ruleOf = ({ input, buses }: Call, member: "Name" | "Rule" = "Name"): Rule =>
  buses.rule(busName(input.EventBusName), String(input[member]))
