import { type Actor, type Role, requireRole, roleOf, withActor } from "@backline/core/actor"
import { AppError, httpStatus, toAppError } from "@backline/core/error"
import { log, withLogFields } from "@backline/core/logger"
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from "aws-lambda"

interface Route<I, O> {
  /** Least role that may call; without it any signed-in person. `public` routes have no authorizer in their stack. */
  role?: Role | "public"
  /** Gets query, body and path parameters as one object (the path wins), still unparsed: the verb's schema parses it. */
  run(input: I): Promise<O>
  /** Status of success; a function where it depends on the answer. */
  status?: number | ((output: O) => number)
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  body: JSON.stringify(body),
})

/** API Gateway renders the groups claim as the text `[admin editor]`. */
function actorOf(event: APIGatewayProxyEventV2): Actor {
  const claims = (event as Partial<APIGatewayProxyEventV2WithJWTAuthorizer>).requestContext?.authorizer?.jwt?.claims
  if (!claims) return { type: "system" }
  const groups = String(claims["cognito:groups"] ?? "")
    .replace(/^\[|\]$/g, "")
    .split(/[\s,]+/)
  return { type: "user", userId: String(claims.sub), role: roleOf(groups) }
}

function objectOf(text: string): object {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new AppError("input", "input.json", "The body is not JSON. Send an object with content-type application/json.", {
      cause,
    })
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body
  throw new AppError("input", "input.json", "The body must be a JSON object.")
}

function inputOf(event: APIGatewayProxyEventV2): Record<string, unknown> {
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString("utf8") : event.body
  return { ...event.queryStringParameters, ...(text ? objectOf(text) : {}), ...event.pathParameters }
}

/** Adapts one HTTP route to one verb: actor from the token, input from the request, errors as `{code, message, requestId, details?}`. */
export const http =
  <O>(route: Route<any, O>) =>
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const requestId = event.requestContext.requestId
    const actor = actorOf(event)
    const fields = { requestId, route: event.routeKey, userId: actor.type === "user" ? actor.userId : undefined }
    return withLogFields(fields, () =>
      withActor(actor, async () => {
        try {
          if (route.role !== "public") requireRole(route.role ?? "member")
          const output = await route.run(inputOf(event))
          const status = typeof route.status === "function" ? route.status(output) : (route.status ?? 200)
          return json(status, output)
        } catch (thrown) {
          const error = toAppError(thrown)
          if (error.kind === "internal" || error.kind === "unavailable") log.error("request failed", { error: thrown })
          const retry: Record<string, string> = error.retryAfterMs
            ? { "retry-after": String(Math.ceil(error.retryAfterMs / 1000)) }
            : {}
          return json(httpStatus(error), { code: error.code, message: error.message, requestId, details: error.details }, retry)
        }
      }),
    )
  }
