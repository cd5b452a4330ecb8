import type { IncomingMessage } from "node:http"
import { requestTime } from "./gateway.ts"
import { newId } from "./ids.ts"
import type { Connection } from "./sockets.ts"

/** What every event of one connection shares. */
export interface Scene {
  region: string
  connection: Connection
  variables?: Record<string, string>
  /** Context of the REQUEST authorizer, where the API has one. */
  authorizer?: Record<string, unknown>
}

type EventType = "CONNECT" | "MESSAGE" | "DISCONNECT"

function contextOf({ region, connection, authorizer }: Scene, eventType: EventType, routeKey: string, at: number) {
  const id = newId()
  return {
    routeKey,
    ...(authorizer ? { authorizer } : {}),
    eventType,
    extendedRequestId: id,
    requestTime: requestTime(at),
    messageDirection: "IN",
    stage: connection.stage,
    connectedAt: connection.connectedAt,
    requestTimeEpoch: at,
    identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent },
    requestId: id,
    domainName: `${connection.apiId}.execute-api.${region}.amazonaws.com`,
    connectionId: connection.connectionId,
    apiId: connection.apiId,
  }
}

/** Header names keep the client's case here, unlike in HTTP APIs. */
function headersOf(raw: string[]) {
  const headers: Record<string, string> = {}
  const multiValueHeaders: Record<string, string[]> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!
    headers[name] = raw[i + 1]!
    ;(multiValueHeaders[name] ??= []).push(raw[i + 1]!)
  }
  return { headers, multiValueHeaders }
}

function queryOf(url: string) {
  const query = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "")
  if (query.size === 0) return {}
  const queryStringParameters: Record<string, string> = {}
  const multiValueQueryStringParameters: Record<string, string[]> = {}
  for (const [name, value] of query) {
    queryStringParameters[name] = value
    ;(multiValueQueryStringParameters[name] ??= []).push(value)
  }
  return { queryStringParameters, multiValueQueryStringParameters }
}

const stageVariables = ({ variables }: Scene) => (variables ? { stageVariables: variables } : {})

/** The `$connect` event: the only one that carries the client's headers and query string. */
export const connectEvent = (scene: Scene, request: IncomingMessage, at: number) => ({
  ...headersOf(request.rawHeaders),
  ...queryOf(request.url ?? ""),
  ...stageVariables(scene),
  requestContext: contextOf(scene, "CONNECT", "$connect", at),
  isBase64Encoded: false,
})

/** The event of a REQUEST authorizer: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html */
export const authorizerEvent = (scene: Scene, request: IncomingMessage, methodArn: string, at: number) => ({
  type: "REQUEST",
  methodArn,
  ...headersOf(request.rawHeaders),
  queryStringParameters: {},
  multiValueQueryStringParameters: {},
  ...queryOf(request.url ?? ""),
  stageVariables: scene.variables ?? {},
  requestContext: contextOf(scene, "CONNECT", "$connect", at),
})

export function messageEvent(scene: Scene, routeKey: string, body: string, at: number) {
  const requestContext = contextOf(scene, "MESSAGE", routeKey, at)
  return {
    ...stageVariables(scene),
    requestContext: { ...requestContext, messageId: newId() },
    body,
    isBase64Encoded: false,
  }
}

export function disconnectEvent(scene: Scene, code: number, reason: string, at: number) {
  const requestContext = contextOf(scene, "DISCONNECT", "$disconnect", at)
  return {
    headers: { Host: requestContext.domainName },
    multiValueHeaders: { Host: [requestContext.domainName] },
    ...stageVariables(scene),
    requestContext: { ...requestContext, disconnectStatusCode: code, disconnectReason: reason },
    isBase64Encoded: false,
  }
}
