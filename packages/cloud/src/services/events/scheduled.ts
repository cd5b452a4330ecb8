import { randomUUID } from "node:crypto"
import type { Cloud } from "../../service.ts"
import { timeOf } from "./event.ts"
import type { Router } from "./router.ts"
import type { Rule } from "./rule.ts"

/** Fires a rule whenever its schedule says; times that a moved clock jumped over count as one. */
export function follow(rule: Rule, cloud: Cloud, router: Router): void {
  if (!rule.schedule || !rule.record.enabled) return
  const time = rule.schedule(cloud.now(), rule.createdAt)
  rule.next = time
  if (time === undefined) return
  rule.callOff = cloud.clock.alarm(time, () => {
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
    const event = {
      version: "0",
      id: randomUUID(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: cloud.account,
      time: timeOf(time),
      region: cloud.region,
      resources: [rule.arn],
      detail: "{}",
    } as const
    follow(rule, cloud, router)
    router.fire(rule, event)
  })
}
