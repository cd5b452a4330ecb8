import { AwsError, type AwsResponse, type Cloud, type Resource, type Service } from "../../service.ts"
import { ADMIN_OPERATIONS } from "./admin.ts"
import { join } from "node:path"
import { Kept } from "./kept.ts"
import { type Directory, type Operation, poolOf } from "./operation.ts"
import { clientOf, Pool } from "./pool.ts"
import { SELF_OPERATIONS } from "./self.ts"
import { signInOperations } from "./sign-in.ts"
import { tokenIssuer } from "./tokens.ts"
import { USER_POOL, USER_POOL_CLIENT, USER_POOL_DOMAIN, USER_POOL_GROUP } from "./types.ts"

const WELL_KNOWN = /^\/([^/]+)\/\.well-known\/(jwks\.json|openid-configuration)$/

/** What any page may read, as from Cognito itself. */
const answer = (value: unknown, type: string, headers: Record<string, string> = {}): AwsResponse => ({
  status: 200,
  headers: { "content-type": type, "access-control-allow-origin": "*", ...headers },
  body: JSON.stringify(value),
})

const configuration = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  id_token_signing_alg_values_supported: ["RS256"],
  response_types_supported: ["token"],
  subject_types_supported: ["public"],
})

/**
 * Cognito user pools: an issuer of its own, its key made anew at every boot or kept in the data folder. The issuer of a pool is `<awsUrl>/<poolId>`, with
 * `/.well-known/openid-configuration` and `/.well-known/jwks.json` below it.
 */
export function cognito(): Service {
  const pools = new Map<string, Pool>()
  const operations = new Map<string, Operation>(
    Object.entries({ ...signInOperations(), ...SELF_OPERATIONS, ...ADMIN_OPERATIONS }),
  )
  let kept: Kept | undefined
  let making: Promise<Directory> | undefined

  const directory = (cloud: Cloud): Promise<Directory> => (making ??= made(cloud))

  async function made(cloud: Cloud): Promise<Directory> {
    kept = new Kept(cloud.data === undefined ? undefined : join(cloud.data, "cognito"), cloud.now())
    const tokens = await tokenIssuer((poolId) => `${cloud.awsUrl}/${poolId}`, cloud.now, kept)
    return { pools, tokens, kept, now: cloud.now }
  }

  const poolFor = ({ properties, logicalId }: Resource): Pool => {
    const pool = pools.get(String(properties.UserPoolId))
    if (!pool) throw new Error(`${logicalId} names the user pool ${properties.UserPoolId}, which is in no stack.`)
    return pool
  }

  return {
    names: ["cognito-idp"],
    operations: [...operations.keys(), "jwks.json", "openid-configuration"],
    protocol: "json",
    types: {
      "AWS::Cognito::UserPool": {
        ...USER_POOL,
        async provision(resource, cloud) {
          const { tokens, kept } = await directory(cloud)
          const pool = new Pool(resource)
          for (const user of kept.usersOf(pool.id)) pool.restore(user)
          tokens.restore(pool)
          pools.set(pool.id, pool)
        },
        async update(resource) {
          pools.get(resource.identity.ref)!.configure(resource)
        },
      },
      "AWS::Cognito::UserPoolClient": {
        ...USER_POOL_CLIENT,
        async provision(resource) {
          poolFor(resource).clients.set(resource.identity.ref, clientOf(resource))
        },
        async update(resource) {
          poolFor(resource).clients.set(resource.identity.ref, clientOf(resource))
        },
        async remove(resource) {
          poolFor(resource).clients.delete(resource.identity.ref)
        },
      },
      "AWS::Cognito::UserPoolGroup": {
        ...USER_POOL_GROUP,
        async provision(resource) {
          poolFor(resource).groups.add(resource.identity.ref)
        },
        async remove(resource) {
          poolFor(resource).groups.delete(resource.identity.ref)
        },
      },
      "AWS::Cognito::UserPoolDomain": USER_POOL_DOMAIN,
    },
    async start(cloud) {
      await directory(cloud)
    },
    authorize({ method, url, headers, json }) {
      if (method === "GET" && WELL_KNOWN.test(url.pathname)) return { operation: WELL_KNOWN.exec(url.pathname)![2]!, access: [] }
      const name = (headers["x-amz-target"] ?? "").replace(/^AWSCognitoIdentityProviderService\./, "")
      const operation = operations.get(name)
      if (!operation)
        throw new AwsError("NotSimulatedException", `NOT_SIMULATED: cognito-idp ${name || `${method} ${url.pathname}`}`)
      if (!operation.admin) return { operation: name, access: [] }
      const resource = pools.get(String(json?.UserPoolId))?.arn ?? "*"
      return { operation: name, access: [{ action: `cognito-idp:${name}`, resource }] }
    },
    async handle(request, name, cloud) {
      const known = await directory(cloud)
      const [, poolId] = WELL_KNOWN.exec(request.url.pathname) ?? []
      if (poolId) {
        const issuer = `${cloud.awsUrl}/${poolOf(known, poolId).id}`
        return answer(name === "jwks.json" ? known.tokens.keys() : configuration(issuer), "application/json", {
          "cache-control": "public, max-age=60",
        })
      }
      if (typeof request.json !== "object" || request.json === null)
        throw new AwsError("SerializationException", "The body must be a JSON object.")
      return answer((await operations.get(name)!.run(request.json, known)) ?? {}, "application/x-amz-json-1.1")
    },
    async stop() {
      kept?.close()
      kept = undefined
    },
    state: () => ({ pools: pools.size, users: [...pools.values()].reduce((sum, { users }) => sum + users.length, 0) }),
  }
}
