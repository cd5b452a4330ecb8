import type { Policy } from "./policy.ts"

const allow = (...Action: string[]): Policy["document"] => ({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action, Resource: "*" },
})

const LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]

/** AWS managed policies that CDK attaches by itself, as published: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ */
export const AWS_MANAGED: Readonly<Record<string, Policy["document"]>> = {
  AWSLambdaBasicExecutionRole: allow(...LOGS),
  AWSLambdaKinesisExecutionRole: allow(
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:SubscribeToShard",
    ...LOGS,
  ),
  AWSLambdaSQSQueueExecutionRole: allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...LOGS),
  AWSXRayDaemonWriteAccess: allow(
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
  ),
}
