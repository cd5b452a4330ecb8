import { notSimulated } from "../endpoint/errors.ts"
import { AwsError, type AwsRequest, type Service } from "../service.ts"

/** None of these knows resource-level permission: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
const OPERATIONS: Readonly<Record<string, string>> = {
  "/TraceSegments": "PutTraceSegments",
  "/TelemetryRecords": "PutTelemetryRecords",
}

const KEPT = 1_000
const ID = /^[0-9a-f]{16}$/
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/

/** Why X-Ray would not process a segment document. */
function problemOf(document: unknown): string | undefined {
  let segment: any
  try {
    segment = JSON.parse(String(document))
  } catch {
    return "ParseError"
  }
  if (!ID.test(segment.id)) return "MissingId"
  if (!TRACE_ID.test(segment.trace_id)) return "InvalidTraceId"
  if (typeof segment.start_time !== "number") return "InvalidStartTime"
  if (typeof segment.name !== "string") return "MissingName"
  return undefined
}

function listOf({ json }: AwsRequest, member: string): unknown[] {
  const found: unknown = json?.[member]
  if (!Array.isArray(found)) throw new AwsError("InvalidRequestException", `${member} must be a list.`)
  return found
}

/** X-Ray: takes the traces that the Lambda runtime writes as the functions' roles; the newest can be read in the state. */
export function xray(): Service {
  const segments: string[] = []
  const figures = { segments: 0, unprocessed: 0, telemetry: 0 }

  function putTraceSegments(request: AwsRequest) {
    const documents = listOf(request, "TraceSegmentDocuments")
    const UnprocessedTraceSegments = documents.flatMap((document) => {
      const ErrorCode = problemOf(document)
      if (!ErrorCode) segments.push(String(document))
      return ErrorCode ? [{ ErrorCode, Message: `The segment document is not valid: ${ErrorCode}` }] : []
    })
    figures.segments += documents.length - UnprocessedTraceSegments.length
    figures.unprocessed += UnprocessedTraceSegments.length
    segments.splice(0, segments.length - KEPT)
    return { UnprocessedTraceSegments }
  }

  return {
    names: ["xray"],
    operations: Object.values(OPERATIONS),
    protocol: "rest-json",
    types: {},
    authorize({ method, url }) {
      const operation = method === "POST" ? OPERATIONS[url.pathname] : undefined
      if (!operation) throw notSimulated("xray", `${method} ${url.pathname}`)
      return { operation, access: [{ action: `xray:${operation}`, resource: "*" }] }
    },
    async handle(request, operation) {
      if (operation === "PutTelemetryRecords") figures.telemetry += listOf(request, "TelemetryRecords").length
      const body = operation === "PutTraceSegments" ? putTraceSegments(request) : {}
      return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
    },
    state: () => ({ ...figures, newest: segments.slice(-10).map((segment) => JSON.parse(segment) as unknown) }),
  }
}
