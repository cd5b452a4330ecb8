import * as connections from "@aws-sdk/client-apigatewaymanagementapi"
import * as bedrock from "@aws-sdk/client-bedrock-runtime"
import * as cloudformation from "@aws-sdk/client-cloudformation"
import * as logs from "@aws-sdk/client-cloudwatch-logs"
import * as dynamodb from "@aws-sdk/client-dynamodb"
import * as streams from "@aws-sdk/client-dynamodb-streams"
import * as events from "@aws-sdk/client-eventbridge"
import * as kinesis from "@aws-sdk/client-kinesis"
import * as lambda from "@aws-sdk/client-lambda"
import * as redshift from "@aws-sdk/client-redshift-data"
import * as s3 from "@aws-sdk/client-s3"
import * as sns from "@aws-sdk/client-sns"
import * as sqs from "@aws-sdk/client-sqs"
import * as sts from "@aws-sdk/client-sts"

/** `$Command` is the class that all others extend. */
const operationsOf = (client: object): string[] =>
  Object.keys(client).flatMap((name) => (name !== "$Command" && name.endsWith("Command") ? [name.slice(0, -7)] : []))

/** Every operation that the AWS SDK knows of a service, by signing name: what a caller may try here. */
export const AWS_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  bedrock: operationsOf(bedrock),
  cloudformation: operationsOf(cloudformation),
  dynamodb: [...operationsOf(dynamodb), ...operationsOf(streams)],
  events: operationsOf(events),
  "execute-api": operationsOf(connections),
  kinesis: operationsOf(kinesis),
  lambda: operationsOf(lambda),
  logs: operationsOf(logs),
  "redshift-data": operationsOf(redshift),
  s3: operationsOf(s3),
  sns: operationsOf(sns),
  sqs: operationsOf(sqs),
  sts: operationsOf(sts),
}
