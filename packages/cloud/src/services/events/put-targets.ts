import { invalid, onRule, type Operation, ruleOf } from "./operation.ts"

const MAX_TARGETS = 5

/** Always 200: targets that cannot be used are named. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html */
export const PutTargets: Operation = {
  access: onRule("PutTargets", "Rule"),
  run(call) {
    const rule = ruleOf(call, "Rule")
    const targets: any[] = call.input.Targets ?? []
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
    return { FailedEntryCount: FailedEntries.length, FailedEntries }
  },
}
