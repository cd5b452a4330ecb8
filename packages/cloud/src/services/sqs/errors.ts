import { escapeXml } from "../../endpoint/errors.ts"
import { AwsError, type AwsRequest, type AwsResponse } from "../../service.ts"

/** What the old query protocol calls an error differently; clients of the JSON protocol get that name in a header. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  ...Object.fromEntries(
    [
      "BatchEntryIdsNotDistinct",
      "BatchRequestTooLong",
      "EmptyBatchRequest",
      "InvalidBatchEntryId",
      "MessageNotInflight",
      "PurgeQueueInProgress",
      "QueueDeletedRecently",
      "TooManyEntriesInBatchRequest",
      "UnsupportedOperation",
    ].map((code) => [code, `AWS.SimpleQueueService.${code}`]),
  ),
}

/** Errors that the service's model does not know; their shapes are those of all AWS services. */
const COMMON_SHAPES: Readonly<Record<string, string>> = {
  AccessDenied: "AccessDeniedException",
  InvalidParameterValue: "InvalidParameterValueException",
  MissingParameter: "MissingRequiredParameterException",
  InternalFailure: "InternalFailure",
  NotSimulatedException: "NotSimulatedException",
}

export const queryCode = (code: string): string => QUERY_CODES[code] ?? code

export const queueDoesNotExist = (): AwsError => new AwsError("QueueDoesNotExist", "The specified queue does not exist.")

export const missingParameter = (name: string): AwsError =>
  new AwsError("MissingParameter", `The request must contain the parameter ${name}.`)

export const invalidParameter = (message: string): AwsError => new AwsError("InvalidParameterValue", message)

export const invalidValue = (value: unknown, parameter: string, reason: string): AwsError =>
  invalidParameter(`Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`)

export const isQueryProtocol = ({ headers, method }: AwsRequest): boolean =>
  headers["x-amz-target"] === undefined &&
  (method === "GET" || (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded"))

/**
 * The JSON protocol carries the error's shape in the body and the query protocol's code in a header, which is what the SDKs
 * show: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error
 */
export function writeError(error: AwsError, request: AwsRequest): AwsResponse {
  const code = queryCode(error.code)
  const fault = error.status < 500 ? "Sender" : "Receiver"
  const { status, message } = error
  if (isQueryProtocol(request)) {
    const inner = `<Type>${fault}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message><Detail/>`
    return {
      status,
      headers: { "content-type": "text/xml", "x-amzn-requestid": request.requestId },
      body: `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error>${inner}</Error><RequestId>${request.requestId}</RequestId></ErrorResponse>`,
    }
  }
  const shape = Object.hasOwn(COMMON_SHAPES, error.code)
    ? `com.amazon.coral.service#${COMMON_SHAPES[error.code]}`
    : `com.amazonaws.sqs#${error.code}`
  return {
    status,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amzn-requestid": request.requestId,
      "x-amzn-query-error": `${code};${fault}`,
    },
    body: JSON.stringify({ __type: shape, message, ...error.members }),
  }
}
