import { AwsError, type AwsRequest } from "../service.ts"

/** The parsed body of JSON protocols; undefined for other bodies. S3 objects that happen to be JSON stay bytes. */
export function parseJson(request: Pick<AwsRequest, "service" | "headers" | "body">): any {
  const type = request.headers["content-type"] ?? ""
  if (request.body.length === 0 || request.service === "s3") return undefined
  const isRpc = type.startsWith("application/x-amz-json")
  if (!isRpc && !type.startsWith("application/json")) return undefined
  try {
    return JSON.parse(request.body.toString("utf8"))
  } catch {
    // @connections takes any bytes under any content type; only RPC protocols promise JSON.
    if (isRpc) throw new AwsError("SerializationException", "The body is not JSON.")
    return undefined
  }
}
