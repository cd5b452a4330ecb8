import { type Access, AwsError } from "../../../service.ts"
import type { Call as AnyCall, Given, Operation } from "../../protocol/operation.ts"
import { type Buses, busName, ruleArn } from "../bus.ts"
import type { Router } from "../router.ts"
import type { Rule } from "../rule.ts"

export interface Context {
  buses: Buses
  router: Router
  /** Puts a rule in the place of the one with its name, and follows its schedule. */
  place(rule: Rule): void
}

export type Call<Input> = AnyCall<Input, Context>

/** One EventBridge operation: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export const operation = <const Member extends string>(definition: Operation<Given<Member>, Context>) => definition

export const invalid = (message: string): AwsError => new AwsError("ValidationException", message)

type Named = Given<"EventBusName" | "Name" | "Rule">

/** IAM is asked about the rule that the input names. */
export const onRule =
  (action: string, member: "Name" | "Rule" = "Name") =>
  ({ input, cloud }: Call<Named>): Access[] => [
    { action: `events:${action}`, resource: ruleArn(cloud, busName(input.EventBusName), String(input[member])) },
  ]

export const ruleOf = ({ input, buses }: Call<Named>, member: "Name" | "Rule" = "Name"): Rule =>
  buses.rule(busName(input.EventBusName), String(input[member]))
