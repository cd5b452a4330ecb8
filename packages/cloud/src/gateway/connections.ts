import { type AwsRequest, AwsError, type AwsResponse, type Cloud, type Service } from "../service.ts"
import { end, MAX_MESSAGE, Sockets } from "./sockets.ts"
import { API_GATEWAY_TYPES } from "./types.ts"

const OPERATIONS: Record<string, string> = { POST: "PostToConnection", GET: "GetConnection", DELETE: "DeleteConnection" }

interface Target {
  operation: string
  connectionId: string
  /** Stage in the path, where the callback URL names one. */
  stage?: string
}

function targetOf({ method, url }: AwsRequest): Target {
  const [, stage, id = ""] = /^(?:\/([^/]+))?\/@connections\/(.+)$/.exec(url.pathname) ?? []
  const operation = id && OPERATIONS[method]
  if (!operation) throw new AwsError("ForbiddenException", `${method} ${url.pathname} is not an operation of @connections`, 403)
  let connectionId = id
  try {
    connectionId = decodeURIComponent(id)
  } catch {
    // stays as it came and fails as malformed
  }
  return { operation, connectionId, stage }
}

/** The API and stage a call means: those of the connection, else of the path, else of the only API there is. */
function apiOf(cloud: Cloud, sockets: Sockets, { connectionId, stage }: Target): { apiId: string; stage: string } {
  const live = sockets.get(connectionId)
  if (live) return live
  const apis = cloud.resources("AWS::ApiGatewayV2::Api").filter(({ properties }) => properties.ProtocolType === "WEBSOCKET")
  const apiId = apis[0]?.identity.ref ?? "none"
  const stages = cloud.resources("AWS::ApiGatewayV2::Stage").filter(({ properties }) => properties.ApiId === apiId)
  return { apiId, stage: stage ?? String(stages[0]?.properties.StageName ?? "none") }
}

/** The execute-api service: @connections, by which functions reach sockets. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
export function executeApi(sockets: Sockets): Service {
  return {
    names: ["execute-api"],
    operations: Object.values(OPERATIONS),
    types: API_GATEWAY_TYPES,
    protocol: "rest-json",
    authorize(request, cloud) {
      const target = targetOf(request)
      const { apiId, stage } = apiOf(cloud, sockets, target)
      const path = `${apiId}/${stage}/${request.method}/@connections/${target.connectionId}`
      const resource = `arn:aws:execute-api:${cloud.region}:${cloud.account}:${path}`
      return { operation: target.operation, access: [{ action: "execute-api:ManageConnections", resource }] }
    },
    async handle(request, operation, cloud): Promise<AwsResponse> {
      const { connectionId } = targetOf(request)
      if (!Sockets.isConnectionId(connectionId))
        throw new AwsError("BadRequestException", `Invalid connectionId: ${connectionId}`, 400)
      const gone = () => new AwsError("GoneException", "410", 410)
      if (operation === "PostToConnection") {
        if (request.body.length > MAX_MESSAGE)
          throw new AwsError("PayloadTooLargeException", "Payload is larger than 128 KB", 413)
        if (!sockets.send(connectionId, request.body, cloud.now())) throw gone()
        return { status: 200, units: { bytes: request.body.length } }
      }
      const connection = sockets.find(connectionId)
      if (!connection) throw gone()
      if (operation === "DeleteConnection") {
        end(connection, 1000, "")
        return { status: 204 }
      }
      const { connectedAt, lastActiveAt, sourceIp, userAgent } = connection
      const body = JSON.stringify({
        connectedAt: new Date(connectedAt).toISOString(),
        identity: { sourceIp, userAgent },
        lastActiveAt: new Date(lastActiveAt).toISOString(),
      })
      return { status: 200, headers: { "content-type": "application/json" }, body }
    },
    state: () => ({ connections: sockets.all().length }),
  }
}
