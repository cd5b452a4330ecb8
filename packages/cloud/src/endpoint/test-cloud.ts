import { createHash } from "node:crypto"
import { CallLog } from "../calls.ts"
import { Clock } from "../clock.ts"
import type { Faults } from "../faults/index.ts"
import { compileResourcePolicies, compileRoles, type Evaluator, type ResourcePolicies, type Statement } from "../iam/index.ts"
import type { AwsResponse, Caller, Cloud, Resource, Service, Unnamed } from "../service.ts"
import { iam } from "../services/iam.ts"
import { createEndpoint } from "./index.ts"
import type { ControlRequest } from "./control-request.ts"

interface Options {
  services: readonly Service[]
  /** Resources with properties already resolved, keyed by logical id. */
  resources?: Readonly<Record<string, { type: string; properties?: Record<string, any> }>>
  /** Function name → statements of its role `<name>-role`. */
  functions?: Readonly<Record<string, readonly Statement[]>>
  control?(request: ControlRequest): Promise<AwsResponse>
  origins?(): readonly string[]
  faults?: Faults
  now?(): number
  /** Folder of what outlives the cloud. */
  data?: string
}

const PLACE = { account: "123456789012", region: "us-east-1", stage: "test" } as const

function unnamed(logicalId: string, type: string, properties: Record<string, any>): Unnamed {
  const name = `test-${logicalId}`
  return {
    logicalId,
    stack: "test",
    type,
    property: (key) => properties[key],
    physicalName: ({ max = 64, lower = false } = {}) => (lower ? name.toLowerCase() : name).slice(0, max),
    hash: (length) => createHash("sha256").update(logicalId).digest("hex").slice(0, length),
  }
}

const credentialsOf = (name: string) => ({ accessKeyId: `ASIA${name.toUpperCase()}`, secretAccessKey: "secret" })

/** A small cloud for tests of the endpoint and its services: hand-made resources and roles, no templates, no functions that run. */
export async function createTestCloud({ services, resources = {}, functions = {}, now = Date.now, data, ...rest }: Options) {
  const all = [...services, iam()]
  const clock = new Clock(now)
  const roles = new Map<string, Evaluator>()
  const callers = new Map<string, Caller>()
  const calls = new CallLog()
  let attached: ResourcePolicies | undefined
  const resourcePolicies: ResourcePolicies = { get: (arn) => attached?.get(arn) }
  const endpoint = createEndpoint({ services: all, roles, resourcePolicies, credentials: callers, calls, place: PLACE, ...rest })
  const awsUrl = await endpoint.listen(0)

  const roleResources = Object.entries(functions).map(([name, Statement]) => {
    const Policies = [{ PolicyName: `${name}-policy`, PolicyDocument: { Version: "2012-10-17", Statement } }]
    return [`${name}Role`, { type: "AWS::IAM::Role", properties: { RoleName: `${name}-role`, Policies } }] as const
  })
  const made: Resource[] = [...Object.entries(resources), ...roleResources].map(([logicalId, { type, properties = {} }]) => {
    const resourceType = all.map(({ types }) => types[type]).find((found) => found !== undefined)
    if (!resourceType) throw new Error(`No service of this test owns ${type}.`)
    return {
      logicalId,
      stack: "test",
      type,
      properties,
      identity: resourceType.identify(unnamed(logicalId, type, properties), PLACE),
    }
  })
  for (const [arn, evaluator] of compileRoles(made)) roles.set(arn, evaluator)
  attached = compileResourcePolicies(made)
  for (const functionName of Object.keys(functions)) {
    const { accessKeyId } = credentialsOf(functionName)
    callers.set(accessKeyId, {
      kind: "function",
      accessKeyId,
      functionName,
      roleArn: `arn:aws:iam::${PLACE.account}:role/${functionName}-role`,
    })
  }

  const cloud: Cloud = {
    ...PLACE,
    awsUrl,
    now: clock.now,
    clock,
    data,
    calls,
    lambda: { invoke: () => Promise.reject(new Error("Test clouds run no functions.")), credentials: credentialsOf },
    resources: (type) => (type === undefined ? made : made.filter((resource) => resource.type === type)),
    find: (type, ref) =>
      made.find((resource) => resource.type === type && (resource.identity.ref === ref || resource.identity.arn === ref)),
    call: endpoint.call,
    log: () => {},
  }
  endpoint.attach(cloud)
  for (const service of all) await service.start?.(cloud)
  for (const resource of made) for (const service of all) await service.types[resource.type]?.provision?.(resource, cloud)
  for (const service of all) service.ready?.()

  return {
    cloud,
    awsUrl,
    calls,
    /** Settings of an SDK client that acts as the function, or as the administrator. */
    as: (functionName?: string) => ({
      region: PLACE.region,
      endpoint: awsUrl,
      credentials:
        functionName === undefined ? { accessKeyId: "AKIAADMIN", secretAccessKey: "secret" } : credentialsOf(functionName),
    }),
    ref: (logicalId: string) => made.find((resource) => resource.logicalId === logicalId)!.identity.ref,
    async stop() {
      clock.stop()
      for (const service of all) await service.stop?.()
      await endpoint.close()
    },
  }
}
