import { AwsError, type AwsRequest, type AwsResponse, type Service } from "../service.ts"
import type { AsyncInvocations } from "./async.ts"
import { readFunctionRef } from "./function.ts"
import type { Registry } from "./registry.ts"
import type { Runner } from "./runner.ts"

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/

/** https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html */
export const NO_DURABLE = "durable functions are not run here: nothing checkpoints their steps or wakes them."

/** The function that a request's path and Qualifier name. */
function referenceOf({ url, method }: AwsRequest): string {
  const path = INVOKE.exec(url.pathname)
  if (url.pathname.includes("/durable-execution"))
    throw new AwsError("NotSimulatedException", `NOT_SIMULATED: lambda ${method} ${url.pathname}: ${NO_DURABLE}`)
  if (!path || method !== "POST")
    throw new AwsError(
      "UnknownOperationException",
      `NOT_SIMULATED: lambda ${method} ${url.pathname}: only Invoke is answered here.`,
      404,
    )
  const name = decodeURIComponent(path[1]!)
  const qualifier = url.searchParams.get("Qualifier")
  return qualifier && !readFunctionRef(name).qualifier ? `${name}:${qualifier}` : name
}

/** What Invoke takes in headers and is not acted on here. */
const HEADERS: Readonly<Record<string, readonly [member: string, reason: string]>> = {
  "x-amz-durable-execution-name": ["DurableExecutionName", NO_DURABLE],
  "x-amz-tenant-id": ["TenantId", "environments are not kept apart by tenant here: leave it out."],
}

function refuseHeaders({ headers }: AwsRequest): void {
  for (const [header, [member, reason]] of Object.entries(HEADERS))
    if (headers[header] !== undefined)
      throw new AwsError("NotSimulatedException", `NOT_SIMULATED: lambda.Invoke.${member}: ${reason}`)
}

function eventOf({ body }: AwsRequest): string {
  const text = body.length === 0 ? "{}" : body.toString("utf8")
  try {
    JSON.parse(text)
    return text
  } catch {
    throw new AwsError("InvalidRequestContentException", "Could not parse request body into json.", 400, { Type: "User" })
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const invokeApi = ({
  registry,
  runner,
  async,
}: {
  registry: Registry
  runner: Runner
  async: AsyncInvocations
}): Pick<Service, "operations" | "authorize" | "handle"> => ({
  operations: ["Invoke"],
  authorize(request) {
    const { invokedArn } = registry.resolve(referenceOf(request))
    return { operation: "Invoke", access: [{ action: "lambda:InvokeFunction", resource: invokedArn }] }
  },

  async handle(request): Promise<AwsResponse> {
    refuseHeaders(request)
    const reference = referenceOf(request)
    const event = eventOf(request)
    const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse"
    const id = { "x-amzn-requestid": request.requestId }
    if (type === "DryRun") return { status: 204, headers: id }
    const { sourceArn, functionName, principal } = request.caller
    const origin = { trace: request.headers["x-amzn-trace-id"], source: sourceArn ?? functionName ?? principal ?? "a call" }
    if (type === "Event") return { status: 202, headers: { "x-amzn-requestid": async.accept(reference, event, origin) } }
    if (type !== "RequestResponse")
      throw new AwsError("InvalidParameterValueException", `InvocationType ${type} is none of RequestResponse, Event, DryRun.`)
    const wantsTail = request.headers["x-amz-log-type"] === "Tail"
    if (wantsTail) runner.tails.begin(request.requestId)
    let tail: string | undefined
    const ran = await runner.run(reference, event, request.requestId, origin).finally(() => {
      if (wantsTail) tail = runner.tails.end(request.requestId)
    })
    return {
      status: 200,
      headers: {
        ...id,
        "content-type": "application/json",
        "x-amz-executed-version": ran.version,
        ...(tail !== undefined && { "x-amz-log-result": tail }),
        ...(ran.error && { "x-amz-function-error": "Unhandled" }),
      },
      body: ran.error ? JSON.stringify(ran.error) : ran.payload,
    }
  },
})
