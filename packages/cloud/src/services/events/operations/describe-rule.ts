import { onRule, operation, ruleOf } from "./operation.ts"
import type { Rule } from "../rule.ts"

export const shownRule = ({ record }: Rule) => ({
  Name: record.name,
  Arn: record.arn,
  EventPattern: record.pattern === undefined ? undefined : JSON.stringify(record.pattern),
  ScheduleExpression: record.schedule,
  State: record.enabled ? "ENABLED" : "DISABLED",
  Description: record.description,
  RoleArn: record.roleArn,
  EventBusName: record.busArn.split("/").at(-1),
})

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html */
export const DescribeRule = operation({
  members: ["Name", "EventBusName"],
  access: onRule("DescribeRule"),
  run: (call) => ({ output: shownRule(ruleOf(call)) }),
})
