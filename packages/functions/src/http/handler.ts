import { type Actor, type Role, requireRole, roleOf, withActor } from "@backline/core/actor"
import * as Standing from "@backline/core/standing"
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

type Claims = APIGatewayProxyEventV2WithJWTAuthorizer["requestContext"]["authorizer"]["jwt"]["claims"]
const claimsOf = (event: APIGatewayProxyEventV2): Claims | undefined =>
  (event as Partial<APIGatewayProxyEventV2WithJWTAuthorizer>).requestContext?.authorizer?.jwt?.claims

/**
 * API Gateway renders the groups claim as the text `[admin editor]`. It lets id tokens in too: they say who somebody is to a page, not what a page
 * may do for them. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
function actorOf(claims: Claims | undefined): Actor {
  if (!claims) return { type: "system" }
  if (claims.token_use !== "access")
    throw new AppError("auth", "auth.token", "This token is not accepted. Send the access token of your own session.")
  const groups = String(claims["cognito:groups"] ?? "")
    .replace(/^\[|\]$/g, "")
    .split(/[\s,]+/)
  return { type: "user", userId: String(claims.sub), role: roleOf(groups) }
}

/** The bearer of a request, in whatever case it is written. */
export const bearerOf = (event: APIGatewayProxyEventV2): string => (event.headers?.authorization ?? "").replace(/^bearer\s+/i, "")

/** The sign-in that a token is of; pools without revocation name none, and then the token stands for itself. */
export const sessionOf = (claims: Claims): string => String(claims.origin_jti ?? claims.jti ?? "")

/** The same person with the role they have now: a token says what was true when it was made. Throws for who is not welcome any more. */
async function confirmed(actor: Actor, event: APIGatewayProxyEventV2): Promise<Actor> {
  if (actor.type !== "user") return actor
  const who = { userId: actor.userId, role: actor.role, session: sessionOf(claimsOf(event)!) }
  return { ...actor, role: await Standing.confirm(who, { token: async () => bearerOf(event) || undefined }) }
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
    const claims = claimsOf(event)
    return withLogFields({ requestId, route: event.routeKey, userId: claims && String(claims.sub) }, async () => {
      try {
        const actor = actorOf(claims)
        const output = await withActor(route.role === "public" ? actor : await confirmed(actor, event), async () => {
          if (route.role !== "public") requireRole(route.role ?? "member")
          return route.run(inputOf(event))
        })
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
    })
  }
