import { AwsError, type AwsRequest } from "../service.ts"

interface Shape {
  code: string
  status: number
  message?: string
}

interface Failures {
  throttle: Shape
  internal: Shape
  unavailable: Shape
}

const RATE = "Rate exceeded"
const INTERNAL = { code: "InternalServerError", status: 500 }
const UNAVAILABLE = { code: "ServiceUnavailable", status: 503 }
const THROTTLING = { code: "ThrottlingException", status: 400, message: RATE }

/** Names and statuses that clients know these failures by; each from the service's own list of errors. */
const FAILURES: Readonly<Record<string, Partial<Failures>>> = {
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
  dynamodb: {
    throttle: {
      code: "ProvisionedThroughputExceededException",
      status: 400,
      message:
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
    },
  },
  /** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html#API_PutRecord_Errors */
  kinesis: {
    throttle: { code: "ProvisionedThroughputExceededException", status: 400, message: "Rate exceeded for shard." },
    internal: { code: "InternalFailure", status: 500 },
  },
  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_Errors */
  sqs: {
    throttle: { code: "RequestThrottled", status: 403, message: "Request is throttled." },
    internal: { code: "InternalFailure", status: 500 },
    unavailable: { code: "ServiceUnavailable", status: 503 },
  },
  /** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
  s3: {
    throttle: { code: "SlowDown", status: 503, message: "Please reduce your request rate." },
    internal: { code: "InternalError", status: 500, message: "We encountered an internal error. Please try again." },
  },
  /** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
  lambda: {
    throttle: { code: "TooManyRequestsException", status: 429, message: "Rate Exceeded." },
    internal: { code: "ServiceException", status: 500 },
  },
  /** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_Errors */
  bedrock: {
    throttle: { code: "ThrottlingException", status: 429, message: "Too many requests, please wait before trying again." },
    internal: { code: "InternalServerException", status: 500 },
    unavailable: { code: "ServiceUnavailableException", status: 503 },
  },
  /** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html#API_ExecuteStatement_Errors */
  "redshift-data": {
    throttle: {
      code: "ActiveStatementsExceededException",
      status: 400,
      message: "Active statements exceeded the allowed quota.",
    },
    internal: { code: "InternalServerException", status: 500 },
  },
  /** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html */
  "cognito-idp": {
    throttle: { code: "TooManyRequestsException", status: 400, message: "Too many requests" },
    internal: { code: "InternalErrorException", status: 500 },
  },
  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
  "execute-api": { throttle: { code: "LimitExceededException", status: 429, message: "Too Many Requests" } },
  /** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html#API_PutLogEvents_Errors */
  logs: {
    internal: { code: "ServiceUnavailableException", status: 500 },
    unavailable: { code: "ServiceUnavailableException", status: 503 },
  },
  /** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html#API_PutEvents_Errors */
  events: { internal: { code: "InternalException", status: 500 } },
  /** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors */
  sns: { throttle: { code: "Throttled", status: 429, message: RATE }, internal: { code: "InternalError", status: 500 } },
}

const DEFAULTS: Failures = { throttle: THROTTLING, internal: INTERNAL, unavailable: UNAVAILABLE }

/** GetStatementResult and Describe calls of the Data API are throttled by rate, not by active statements. */
const isRead = ({ service }: Pick<AwsRequest, "service">, operation: string) =>
  service === "redshift-data" && !operation.endsWith("ExecuteStatement")

/** The failure as the service itself would name it; `code` overrides the name (DynamoDB knows two kinds of throttling). */
export function failure(kind: keyof Failures, request: Pick<AwsRequest, "service">, operation: string, code?: string): AwsError {
  const known = isRead(request, operation) && kind === "throttle" ? undefined : FAILURES[request.service]?.[kind]
  const shape = known ?? DEFAULTS[kind]
  return new AwsError(code ?? shape.code, shape.message ?? `${shape.code}: a fault was asked for`, shape.status)
}
