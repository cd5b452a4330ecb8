import type { Cloud, Resource } from "../service.ts"

/** What a route calls: a Lambda function, by ARN, and how long the gateway waits for it. */
export interface Integration {
  functionArn: string
  timeoutMs: number
}

export interface Authorizer {
  id: string
  type: "JWT" | "REQUEST"
  /** `$request.header.Authorization`, `route.request.querystring.ticket` … */
  identitySource: string[]
  issuer?: string
  audience: string[]
  functionArn?: string
}

export interface ApiRoute {
  /** `GET /concerts/{id}`, `$default`, `$connect` … */
  key: string
  integration: Integration
  authorizer?: Authorizer
  scopes: string[]
  /** A two-way WebSocket route: what the function returns as `body` goes back to the socket that asked. */
  responds: boolean
}

export interface Stage {
  name: string
  variables?: Record<string, string>
  /** Requests a second and burst, where the template sets them. */
  rate?: number
  burst?: number
  accessLogFormat?: string
}

/** One API with everything the template hangs on it. */
export interface Api {
  id: string
  name: string
  cors?: Record<string, any>
  routeSelection: string
  routes: ApiRoute[]
  stages: Map<string, Stage>
}

/** The gateway's own limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_TIMEOUT_MS = { HTTP: 30_000, WEBSOCKET: 29_000 } as const

const refuse = (resource: Resource, what: string): never => {
  throw new Error(`NOT_SIMULATED: ${resource.type}.${what} of ${resource.logicalId}`)
}

/** The function ARN inside `arn:…:lambda:path/2015-03-31/functions/<arn>/invocations`, or the ARN itself. */
const functionArnOf = (uri: string): string => /functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri

function integrationOf(resource: Resource, protocol: "HTTP" | "WEBSOCKET"): Integration {
  const { IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = resource.properties
  if (IntegrationType !== "AWS_PROXY") refuse(resource, `IntegrationType=${IntegrationType}`)
  if (protocol === "HTTP" && PayloadFormatVersion !== "2.0") refuse(resource, `PayloadFormatVersion=${PayloadFormatVersion}`)
  return {
    functionArn: functionArnOf(String(IntegrationUri)),
    timeoutMs: Math.min(Number(TimeoutInMillis ?? MAX_TIMEOUT_MS[protocol]), MAX_TIMEOUT_MS[protocol]),
  }
}

function authorizerOf(resource: Resource): Authorizer {
  const { AuthorizerType, IdentitySource, JwtConfiguration, AuthorizerUri } = resource.properties
  if (AuthorizerType !== "JWT" && AuthorizerType !== "REQUEST") refuse(resource, `AuthorizerType=${AuthorizerType}`)
  return {
    id: resource.identity.ref,
    type: AuthorizerType,
    identitySource: [IdentitySource ?? []].flat(),
    issuer: JwtConfiguration?.Issuer,
    audience: JwtConfiguration?.Audience ?? [],
    functionArn: AuthorizerUri && functionArnOf(String(AuthorizerUri)),
  }
}

/**
 * Two-way needs both the selection expression and a route response, and both only know `$default`:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
 */
function respondsTo({ identity, properties }: Resource, responses: readonly Resource[]): boolean {
  for (const response of responses)
    if (response.properties.RouteResponseKey !== "$default")
      refuse(response, `RouteResponseKey=${response.properties.RouteResponseKey}`)
  return (
    properties.RouteResponseSelectionExpression === "$default" &&
    responses.some((response) => response.properties.RouteId === identity.ref)
  )
}

const stageOf = ({ properties }: Resource): [string, Stage] => [
  String(properties.StageName),
  {
    name: String(properties.StageName),
    variables: properties.StageVariables,
    rate: properties.DefaultRouteSettings?.ThrottlingRateLimit,
    burst: properties.DefaultRouteSettings?.ThrottlingBurstLimit,
    accessLogFormat: properties.AccessLogSettings?.Format,
  },
]

/** All APIs of one protocol as the templates declare them. Throws NOT_SIMULATED for integrations and authorizers of other kinds. */
export function apisOf(cloud: Cloud, protocol: "HTTP" | "WEBSOCKET"): Api[] {
  const apis = cloud.resources("AWS::ApiGatewayV2::Api").filter(({ properties }) => properties.ProtocolType === protocol)
  return apis.map((api) => {
    const id = api.identity.ref
    const own = (type: string) =>
      cloud.resources(`AWS::ApiGatewayV2::${type}`).filter(({ properties }) => properties.ApiId === id)
    const integrations = new Map(own("Integration").map((it) => [`integrations/${it.identity.ref}`, integrationOf(it, protocol)]))
    const authorizers = new Map(own("Authorizer").map((it) => [it.identity.ref, authorizerOf(it)]))
    const responses = own("RouteResponse")
    const routes = own("Route").map((route): ApiRoute => {
      const { RouteKey, Target, AuthorizationType = "NONE", AuthorizerId, AuthorizationScopes } = route.properties
      const integration = integrations.get(Target) ?? refuse(route, `Target=${Target}`)
      const authorizer = AuthorizationType === "NONE" ? undefined : authorizers.get(AuthorizerId)
      if (AuthorizationType !== "NONE" && !authorizer) refuse(route, `AuthorizationType=${AuthorizationType}`)
      if (authorizer && (protocol === "HTTP") !== (authorizer.type === "JWT"))
        refuse(route, `AuthorizationType=${AuthorizationType}`)
      return {
        key: String(RouteKey),
        integration,
        authorizer,
        scopes: AuthorizationScopes ?? [],
        responds: respondsTo(route, responses),
      }
    })
    return {
      id,
      name: String(api.properties.Name ?? id),
      cors: api.properties.CorsConfiguration,
      routeSelection: String(api.properties.RouteSelectionExpression ?? "$request.method $request.path"),
      routes,
      stages: new Map(own("Stage").map(stageOf)),
    }
  })
}
