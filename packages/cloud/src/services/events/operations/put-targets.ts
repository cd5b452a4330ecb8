import type { Given } from "../../protocol/operation.ts"
import { invalid, onRule, operation, ruleOf } from "./operation.ts"

const MAX_TARGETS = 5

/** Always 200: targets that cannot be used are named. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html */
export const PutTargets = operation({
  members: ["Rule", "Targets", "EventBusName"],
  access: onRule("PutTargets", "Rule"),
  run(call) {
    const rule = ruleOf(call, "Rule")
    const targets = (call.input.Targets ?? []) as Given<"Id">[]
    if (targets.length === 0) throw invalid("Parameter Targets is not valid.")
    const ids = new Set([...rule.targets.keys(), ...targets.map(({ Id }) => String(Id))])
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    if (ids.size > MAX_TARGETS) throw invalid(`A rule has at most ${MAX_TARGETS} targets.`)
    const FailedEntries = targets.flatMap((target) => {
      try {
        rule.aim([target])
        return []
      } catch (error) {
        return [{ TargetId: String(target.Id), ErrorCode: "ValidationException", ErrorMessage: (error as Error).message }]
      }
    })
    return { output: { FailedEntryCount: FailedEntries.length, FailedEntries } }
  },
})
