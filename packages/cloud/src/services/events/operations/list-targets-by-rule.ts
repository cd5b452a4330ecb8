import { pageOf, readToken } from "../../page-token.ts"
import { invalidToken, limitOf } from "./list-rules.ts"
import { onRule, operation, ruleOf } from "./operation.ts"

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html */
export const ListTargetsByRule = operation({
  members: ["Rule", "EventBusName", "NextToken", "Limit"],
  access: onRule("ListTargetsByRule", "Rule"),
  run(call) {
    const rule = ruleOf(call, "Rule")
    const asked = { Rule: rule.arn }
    const token = readToken(call.input.NextToken, asked, invalidToken)
    const { items, next } = pageOf([...rule.targets.values()], token?.position ?? 0, limitOf(call.input), asked)
    return { output: { Targets: items.map(({ given }) => given), NextToken: next } }
  },
})
