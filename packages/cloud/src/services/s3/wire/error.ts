import { errorResponse as written } from "../../../endpoint/errors.ts"
import { AwsError, type AwsRequest, type AwsResponse } from "../../../service.ts"

/** An error that also answers headers, such as the delete marker that hides a key. */
export class S3Error extends AwsError {
  constructor(
    code: string,
    message: string,
    status: number,
    members: Record<string, string | number> = {},
    headers: Record<string, string> = {},
  ) {
    super(code, message, status, members, headers)
  }
}

export const noSuchBucket = (bucket: string): S3Error =>
  new S3Error("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: bucket })

export const noSuchKey = (key: string, headers: Record<string, string> = {}): S3Error =>
  new S3Error("NoSuchKey", "The specified key does not exist.", 404, { Key: key }, headers)

export const noSuchUpload = (id: string): S3Error =>
  new S3Error(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    404,
    { UploadId: id },
  )

export const invalidArgument = (name: string, value: string, message: string): S3Error =>
  new S3Error("InvalidArgument", message, 400, { ArgumentName: name, ArgumentValue: value })

export const preconditionFailed = (condition: string): S3Error =>
  new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, {
    Condition: condition,
  })

export const denied = (members: Record<string, string> = {}, message = "Access Denied"): S3Error =>
  new S3Error("AccessDenied", message, 403, members)

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function errorResponse(error: AwsError, request: AwsRequest): AwsResponse {
  const response = written("rest-xml", error, request)
  return error instanceof S3Error ? { ...response, headers: { ...response.headers, ...error.headers } } : response
}
