import { CallLog } from "../../src/calls.ts"
import { Clock } from "../../src/clock.ts"
import { createEndpoint } from "../../src/endpoint/index.ts"
import { compileResourcePolicies, type ResourcePolicies } from "../../src/iam/index.ts"
import type { Cloud, InvokeResult, Resource, Service } from "../../src/service.ts"

export const REGION = "us-east-1"
export const ACCOUNT = "123456789012"
export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`

/** What a fake function does: returns its result or throws. */
export type Handler = (event: any) => unknown

export interface GatewayCloud {
  cloud: Cloud
  handlers: Record<string, Handler>
  logs: string[]
  calls: CallLog
  /** Moves the cloud's clock. */
  advance(ms: number): void
  /** Stops the cloud's clock where it is, or lets it run again. */
  hold(held: boolean): void
  stop(): Promise<void>
}

let serial = 0

/** A resource as the assembly would hand it over, its reference given. */
export const resource = (
  type: string,
  properties: Record<string, any>,
  ref = `r${++serial}`,
  attributes: Record<string, string> = {},
  arn?: string,
): Resource => ({
  logicalId: `Logical${++serial}`,
  stack: "test",
  type,
  properties,
  identity: { ref, arn, attributes },
})

/** A permission as CDK writes one for a route or authorizer. */
export const permission = (name: string, source: string): Resource =>
  resource("AWS::Lambda::Permission", {
    Action: "lambda:InvokeFunction",
    FunctionName: functionArn(name),
    Principal: "apigateway.amazonaws.com",
    SourceArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${source}`,
  })

/** The real endpoint with the given services and resources, and functions that are plain callbacks. */
export async function gatewayCloud(services: Service[], makeResources: (awsUrl: string) => Resource[]): Promise<GatewayCloud> {
  const handlers: Record<string, Handler> = {}
  const logs: string[] = []
  const calls = new CallLog()
  let heldAt: number | undefined
  const clock = new Clock(() => heldAt ?? Date.now())
  const place = { account: ACCOUNT, region: REGION, stage: "test" }
  let policies: ResourcePolicies | undefined
  const resourcePolicies: ResourcePolicies = { get: (arn) => policies?.get(arn) }
  const endpoint = createEndpoint({ services, roles: new Map(), resourcePolicies, credentials: new Map(), calls, place })
  const awsUrl = await endpoint.listen(0)
  const resources = makeResources(awsUrl)
  policies = compileResourcePolicies(resources)
  const cloud: Cloud = {
    ...place,
    awsUrl,
    now: clock.now,
    clock,
    calls,
    lambda: {
      async invoke(name, event): Promise<InvokeResult> {
        try {
          const handler = handlers[name.split(":").slice(6).join(":") || name]
          const payload = await handler?.(JSON.parse(JSON.stringify(event)))
          return { payload: payload === undefined ? null : JSON.parse(JSON.stringify(payload)), requestId: "r" }
        } catch (error) {
          return { payload: undefined, error: { errorType: "Error", errorMessage: (error as Error).message }, requestId: "r" }
        }
      },
      credentials: () => ({ accessKeyId: "ASIATEST", secretAccessKey: "secret" }),
    },
    resources: (type) => resources.filter((it) => !type || it.type === type),
    find: (type, ref) => resources.find((it) => it.type === type && (it.identity.ref === ref || it.identity.arn === ref)),
    call: (request) => endpoint.call(request),
    log: (source, line) => void logs.push(`${source}: ${line}`),
  }
  endpoint.attach(cloud)
  for (const service of services) await service.start?.(cloud)
  for (const service of services)
    for (const it of resources) if (Object.hasOwn(service.types, it.type)) await service.types[it.type]!.provision?.(it, cloud)
  return {
    cloud,
    handlers,
    logs,
    calls,
    advance: (ms) => clock.advance(ms),
    hold: (held) => {
      heldAt = held ? Date.now() : undefined
    },
    stop: async () => {
      for (const service of services) await service.stop?.()
      await endpoint.close()
    },
  }
}

/** A user pool with one client and the groups admin and member. */
export const userPool = (poolId = `${REGION}_pool12345`, clientId = "clientclientclientclient12"): Resource[] => [
  resource(
    "AWS::Cognito::UserPool",
    {
      UsernameAttributes: ["email"],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      Policies: { PasswordPolicy: { MinimumLength: 12 } },
    },
    poolId,
    {},
    `arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/${poolId}`,
  ),
  resource(
    "AWS::Cognito::UserPoolClient",
    {
      UserPoolId: poolId,
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      AccessTokenValidity: 15,
      TokenValidityUnits: { AccessToken: "minutes" },
      PreventUserExistenceErrors: "ENABLED",
    },
    clientId,
  ),
  resource("AWS::Cognito::UserPoolGroup", { UserPoolId: poolId, GroupName: "admin" }, "admin"),
  resource("AWS::Cognito::UserPoolGroup", { UserPoolId: poolId, GroupName: "member" }, "member"),
]

/** Calls Cognito as an administrator does, with a signature nobody checks. */
export async function idp(
  awsUrl: string,
  operation: string,
  body: object,
  signed = true,
): Promise<{ status: number; json: any; error: string | null }> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/cognito-idp/aws4_request, SignedHeaders=host, Signature=0`
  const response = await fetch(awsUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      ...(signed ? { authorization } : {}),
    },
    body: JSON.stringify(body),
  })
  return { status: response.status, json: await response.json(), error: response.headers.get("x-amzn-errortype") }
}

/** A confirmed user with their tokens. */
export async function signedIn(awsUrl: string, email: string, group?: string) {
  const [UserPoolId, ClientId, Password] = [`${REGION}_pool12345`, "clientclientclientclient12", "correct horse battery"]
  await idp(awsUrl, "AdminCreateUser", {
    UserPoolId,
    Username: email,
    UserAttributes: [{ Name: "name", Value: email.split("@")[0] }],
  })
  await idp(awsUrl, "AdminSetUserPassword", { UserPoolId, Username: email, Password, Permanent: true })
  if (group) await idp(awsUrl, "AdminAddUserToGroup", { UserPoolId, Username: email, GroupName: group })
  const { json } = await idp(
    awsUrl,
    "InitiateAuth",
    { ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: email, PASSWORD: Password } },
    false,
  )
  return json.AuthenticationResult as { AccessToken: string; IdToken: string; RefreshToken: string; ExpiresIn: number }
}
