import type { Cloud, ResourceType } from "../service.ts"
import type { AsyncInvocations } from "./async.ts"
import { requireDestination } from "./destination.ts"
import { functionSpec, readFunctionRef } from "./function.ts"
import { readMapping } from "./sources/mapping.ts"
import type { Registry } from "./registry.ts"
import { NO_DURABLE } from "./service.ts"
import type { Sources } from "./sources/index.ts"

interface Parts {
  registry: Registry
  /** Carries what functions wrote and is on its way. */
  flush(): Promise<unknown>
  async: AsyncInvocations
  sources: Sources
  handlers: Readonly<Record<string, string>>
}

const nameOf = (reference: unknown): string => readFunctionRef(String(reference)).name

const functionType = ({ registry, handlers, flush }: Parts): ResourceType => ({
  simulated: [
    "FunctionName",
    "Code",
    "Handler",
    "Runtime",
    "Role",
    "Environment",
    "Timeout",
    "MemorySize",
    "ReservedConcurrentExecutions",
    "LoggingConfig.LogGroup",
    "LoggingConfig.LogFormat",
    "LoggingConfig.SystemLogLevel",
    "DeadLetterConfig",
    "TracingConfig.Mode",
    "RecursiveLoop",
  ],
  ignored: {
    Architectures: "handlers run on this machine's processor",
    EphemeralStorage: "handlers see this machine's /tmp",
    RuntimeManagementConfig: "the runtime is this Node",
    VpcConfig: "handlers reach loopback only",
    KmsKeyArn: "the environment never leaves this process",
    Description: "text for people",
    Tags: "tags decide nothing here",
  },
  refused: {
    DurableConfig: `${NO_DURABLE} Declare the function without it, and keep its state in a table or a queue.`,
    CapacityProviderConfig: "handlers run on this machine: leave it out.",
    TenancyConfig: "environments are not kept apart by tenant here: leave it out.",
  },
  identify(resource, { account, region }) {
    const ref = String(resource.property("FunctionName") ?? resource.physicalName({ max: 64 }))
    const arn = `arn:aws:lambda:${region}:${account}:function:${ref}`
    return { ref, arn, attributes: { Arn: arn } }
  },
  async provision(resource) {
    requireDestination(resource.properties.DeadLetterConfig?.TargetArn, resource.logicalId, ["sqs", "sns"])
    registry.add(functionSpec(resource, handlers))
  },
  async update(resource) {
    requireDestination(resource.properties.DeadLetterConfig?.TargetArn, resource.logicalId, ["sqs", "sns"])
    registry.add(functionSpec(resource, handlers))
  },
  async remove({ identity }) {
    // Once it is gone, nobody may write its last lines.
    await flush()
    registry.remove(identity.ref)
  },
})

function versionType({ registry }: Parts): ResourceType {
  /** Function → its version resources in the order they were first named; naming them again gives the same numbers. */
  const known = new Map<string, string[]>()
  return {
    simulated: ["FunctionName"],
    ignored: {
      CodeSha256: "every version runs the code of this checkout",
      Description: "text for people",
      ProvisionedConcurrencyConfig: "workers start on demand",
      RuntimePolicy: "the runtime is this Node",
    },
    identify(resource, { account, region }) {
      const name = nameOf(resource.property("FunctionName"))
      const ids = known.get(name) ?? []
      const id = `${resource.stack}/${resource.logicalId}`
      if (!ids.includes(id)) known.set(name, [...ids, id])
      const version = String(known.get(name)!.indexOf(id) + 1)
      const arn = `arn:aws:lambda:${region}:${account}:function:${name}:${version}`
      return { ref: arn, arn, attributes: { Version: version, FunctionArn: arn } }
    },
    async provision({ properties, identity }) {
      registry.addVersion(nameOf(properties.FunctionName), identity.attributes.Version!)
    },
    async remove({ properties, identity }) {
      registry.removeVersion(nameOf(properties.FunctionName), identity.attributes.Version!)
    },
  }
}

const aliasType = ({ registry }: Parts): ResourceType => ({
  simulated: ["FunctionName", "FunctionVersion", "Name", "RoutingConfig"],
  ignored: { Description: "text for people", ProvisionedConcurrencyConfig: "workers start on demand" },
  identify(resource, { account, region }) {
    const name = nameOf(resource.property("FunctionName"))
    const arn = `arn:aws:lambda:${region}:${account}:function:${name}:${String(resource.property("Name"))}`
    return { ref: arn, arn, attributes: { AliasArn: arn } }
  },
  async provision(resource) {
    registry.addAlias(nameOf(resource.properties.FunctionName), resource)
  },
  async update(resource) {
    registry.addAlias(nameOf(resource.properties.FunctionName), resource)
  },
  async remove(resource) {
    registry.removeAlias(nameOf(resource.properties.FunctionName), resource)
  },
})

/** Read by whoever invokes on behalf of a service: gateways, rules. */
const permissionType: ResourceType = {
  simulated: ["Action", "FunctionName", "Principal", "SourceArn", "SourceAccount"],
  identify: (resource) => ({ ref: resource.physicalName(), attributes: { Id: resource.physicalName() } }),
}

const eventInvokeConfigType = ({ async }: Parts): ResourceType => ({
  simulated: ["FunctionName", "Qualifier", "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig"],
  identify: (resource) => ({ ref: resource.physicalName(), attributes: {} }),
  async provision(resource) {
    const { DestinationConfig } = resource.properties
    requireDestination(DestinationConfig?.OnFailure?.Destination, resource.logicalId)
    requireDestination(DestinationConfig?.OnSuccess?.Destination, resource.logicalId)
    async.configure(resource)
  },
  async update(resource) {
    requireDestination(resource.properties.DestinationConfig?.OnFailure?.Destination, resource.logicalId)
    requireDestination(resource.properties.DestinationConfig?.OnSuccess?.Destination, resource.logicalId)
    async.configure(resource)
  },
  async remove(resource) {
    async.forget(resource)
  },
})

/** Read by startSources. */
const eventSourceMappingType = ({ sources }: Parts): ResourceType => ({
  simulated: [
    "EventSourceArn",
    "FunctionName",
    "Enabled",
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "FunctionResponseTypes",
    "ScalingConfig",
    "StartingPosition",
    "StartingPositionTimestamp",
    "ParallelizationFactor",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "MaximumRecordAgeInSeconds",
    "DestinationConfig",
    "FilterCriteria",
  ],
  ignored: { Tags: "tags decide nothing here", KmsKeyArn: "filter criteria stay in this process" },
  identify(resource, { account, region }) {
    const h = resource.hash(32).toLowerCase()
    const id = [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-")
    const arn = `arn:aws:lambda:${region}:${account}:event-source-mapping:${id}`
    return { ref: id, arn, attributes: { Id: id, EventSourceMappingArn: arn } }
  },
  async provision(resource, cloud: Cloud) {
    requireDestination(resource.properties.DestinationConfig?.OnFailure?.Destination, resource.logicalId, ["sqs", "sns"])
    const arn = String(resource.properties.EventSourceArn)
    const known =
      cloud.find("AWS::Kinesis::Stream", arn) ??
      cloud.find("AWS::SQS::Queue", arn) ??
      cloud.resources("AWS::DynamoDB::Table").find(({ identity }) => identity.attributes.StreamArn === arn)
    if (arn.includes(":kinesis:") && arn.includes("/consumer/"))
      throw new Error(`NOT_SIMULATED: event source ${arn} of ${resource.logicalId}: enhanced fan-out; name the stream instead.`)
    if (!known)
      throw new Error(`NOT_SIMULATED: event source ${arn} of ${resource.logicalId}: it is no stream or queue of the templates.`)
    readMapping(resource)
  },
  update: (resource) => sources.update(resource),
  async remove(resource) {
    sources.remove(resource.identity.ref)
  },
})

export const lambdaTypes = (parts: Parts): Record<string, ResourceType> => ({
  "AWS::Lambda::Function": functionType(parts),
  "AWS::Lambda::Version": versionType(parts),
  "AWS::Lambda::Alias": aliasType(parts),
  "AWS::Lambda::Permission": permissionType,
  "AWS::Lambda::EventInvokeConfig": eventInvokeConfigType(parts),
  "AWS::Lambda::EventSourceMapping": eventSourceMappingType(parts),
})
