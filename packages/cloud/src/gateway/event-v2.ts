import type { Api, Stage } from "./api-model.ts"
import { requestTime } from "./gateway.ts"
import type { Match } from "./routes.ts"

/** A request as the gateway read it. */
export interface Incoming {
  method: string
  /** Decoded, with the stage's name where the stage has one. */
  rawPath: string
  /** As it was sent. */
  rawQuery: string
  headers: Record<string, string>
  cookies: string[]
  protocol: string
  sourceIp: string
  body: Buffer
}

/** Everything else reaches the function in base64, forms too. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/i

/** Header names in lower case, repeated ones joined by a comma; cookies apart, as payload format 2.0 has them. */
export function headersOf(raw: string[]): { headers: Record<string, string>; cookies: string[] } {
  const headers: Record<string, string> = {}
  const cookies: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    const value = raw[i + 1]!
    if (name === "cookie") cookies.push(...value.split(/;\s*/).filter(Boolean))
    else headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value
  }
  return { headers, cookies }
}

function queryOf(raw: string): Record<string, string> | undefined {
  const query: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(raw))
    query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value
  return Object.keys(query).length > 0 ? query : undefined
}

interface Context {
  api: Api
  stage: Stage
  match: Match
  requestId: string
  at: number
  account: string
  region: string
  jwt?: { claims: Record<string, string>; scopes: string[] | null }
}

/** Payload format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function eventV2(request: Incoming, { api, stage, match, requestId, at, account, region, jwt }: Context) {
  const binary = request.body.length > 0 && !TEXT.test(request.headers["content-type"] ?? "")
  return {
    version: "2.0",
    routeKey: match.route.key,
    rawPath: request.rawPath,
    rawQueryString: request.rawQuery,
    ...(request.cookies.length > 0 ? { cookies: request.cookies } : {}),
    headers: request.headers,
    queryStringParameters: queryOf(request.rawQuery),
    requestContext: {
      accountId: account,
      apiId: api.id,
      ...(jwt ? { authorizer: { jwt } } : {}),
      domainName: `${api.id}.execute-api.${region}.amazonaws.com`,
      domainPrefix: api.id,
      http: {
        method: request.method,
        path: request.rawPath,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: request.headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: match.route.key,
      stage: stage.name,
      time: requestTime(at),
      timeEpoch: at,
    },
    ...(request.body.length > 0 ? { body: request.body.toString(binary ? "base64" : "utf8") } : {}),
    pathParameters: match.pathParameters,
    stageVariables: stage.variables,
    isBase64Encoded: binary,
  }
}
