import { onRule, type Operation, ruleOf } from "./operation.ts"

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html */
export const ListTargetsByRule: Operation = {
  access: onRule("ListTargetsByRule", "Rule"),
  run: (call) => ({ Targets: [...ruleOf(call, "Rule").targets.values()].map(({ given }) => given) }),
}
