import type { Resource } from "../service.ts"
import { compileResourcePolicy, type ResourcePolicy } from "./evaluator.ts"
import type { Policy, Statement } from "./policy.ts"
import { refuseUnknownKeys } from "./keys.ts"
import { refuseMalformed } from "./malformed.ts"

/** The policies of the resources, by the ARN of a resource or of something in it (an object of a bucket). */
export interface ResourcePolicies {
  get(arn: string): ResourcePolicy | undefined
}

/** A policy and the ARN of the resource it is attached to. */
export interface Attached extends Policy {
  to: string
}

const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** Queue URLs differ in their host only, which the assembly may have made local. */
const queuePath = (url: string) => url.split("/").slice(-2).join("/")

function queueArn(url: string, policy: Resource, resources: readonly Resource[]): string {
  const queue = resources.find(({ type, identity }) => type === "AWS::SQS::Queue" && queuePath(identity.ref) === queuePath(url))
  if (!queue?.identity.arn) throw new Error(`${policy.logicalId} names the queue ${url}, which is in no stack.`)
  return queue.identity.arn
}

/** Lambda names a function by name, partial or full ARN, with or without a version or alias. */
function functionArn(reference: string, { identity }: Resource, resources: readonly Resource[]): string {
  if (reference.startsWith("arn:")) return reference
  const [name, qualifier] = reference.replace(/^(?:\d{12}:)?function:/, "").split(":")
  const found = resources.find((each) => each.type === "AWS::Lambda::Function" && each.identity.ref === name)
  if (!found?.identity.arn) throw new Error(`${identity.ref} names the function ${reference}, which is in no stack.`)
  return qualifier ? `${found.identity.arn}:${qualifier}` : found.identity.arn
}

const LAMBDA_PRINCIPAL = (principal: string): Statement["Principal"] =>
  principal === "*" ? "*" : principal.endsWith(".amazonaws.com") ? { Service: principal } : { AWS: principal }

/** The statement that Lambda writes for a permission: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
function permission(resource: Resource, resources: readonly Resource[]): Attached {
  const { Action, FunctionName, Principal, SourceArn, SourceAccount } = resource.properties
  const to = functionArn(String(FunctionName), resource, resources)
  const Condition = {
    ...(SourceArn !== undefined && { ArnLike: { "AWS:SourceArn": String(SourceArn) } }),
    ...(SourceAccount !== undefined && { StringEquals: { "AWS:SourceAccount": String(SourceAccount) } }),
  }
  const statement: Statement = {
    Effect: "Allow",
    Principal: LAMBDA_PRINCIPAL(String(Principal)),
    Action: String(Action),
    Resource: to,
    Condition,
  }
  return { name: resource.logicalId, to, document: { Version: "2012-10-17", Statement: statement } }
}

type Read = (resource: Resource, resources: readonly Resource[]) => Attached[]

const READERS: Readonly<Record<string, Read>> = {
  "AWS::SQS::QueuePolicy": (policy, resources) =>
    names(policy.properties.Queues).map((url) => documentOf(policy, queueArn(url, policy, resources))),
  "AWS::SNS::TopicPolicy": (policy) => names(policy.properties.Topics).map((topic) => documentOf(policy, topic)),
  "AWS::S3::BucketPolicy": (policy) => [documentOf(policy, `arn:aws:s3:::${policy.properties.Bucket}`)],
  // One policy of the account says for which of its groups it is.
  "AWS::Logs::ResourcePolicy": (policy, resources) =>
    resources
      .filter(({ type }) => type === "AWS::Logs::LogGroup")
      .map(({ identity }) => ({
        name: policy.logicalId,
        to: groupOf(identity.arn!),
        document: JSON.parse(String(policy.properties.PolicyDocument)),
      })),
  "AWS::Lambda::Permission": (policy, resources) => [permission(policy, resources)],
}

const documentOf = ({ logicalId, properties }: Resource, to: string): Attached => ({
  name: logicalId,
  to,
  document: properties.PolicyDocument,
})

/** Every resource policy that the templates declare. */
export const resourcePoliciesOf = (resources: readonly Resource[]): Attached[] =>
  resources.flatMap((resource) => READERS[resource.type]?.(resource, resources) ?? [])

/** `arn:aws:logs:…:log-group:name:*` and `…:log-stream:name` → the group's, without an end. */
const groupOf = (arn: string): string => arn.split(":").slice(0, 7).join(":")

/** `arn:aws:s3:::bucket/key` → the bucket's; a subscription's → its topic's; a log stream's → its group's. */
const ownerOf = (arn: string): string => {
  if (arn.startsWith("arn:aws:s3:::")) return arn.split("/", 1)[0]!
  if (arn.startsWith("arn:aws:logs:")) return groupOf(arn)
  return /^(arn:aws:sns:[^:]*:[^:]*:[^:]+)/.exec(arn)?.[1] ?? arn
}

/** Lambda writes the statement of a permission, and its Resource is a function that may be named without an ARN. */
const isPermission = ({ to }: Attached): boolean => to.startsWith("arn:aws:lambda:") || !to.startsWith("arn:")

/** Compiles the resource policies of the templates. Throws by name for what it cannot evaluate. */
export function compileResourcePolicies(resources: readonly Resource[]): ResourcePolicies {
  const attached = new Map<string, Attached[]>()
  for (const policy of resourcePoliciesOf(resources)) {
    refuseUnknownKeys(policy)
    attached.set(policy.to, [...(attached.get(policy.to) ?? []), policy])
  }
  for (const [arn, policies] of attached)
    // The second would take the place of the first; only Lambda's statements add up.
    if (policies.length > 1 && !/^arn:aws:(lambda|logs):/.test(arn))
      throw new Error(
        `${policies.map(({ name }) => name).join(" and ")} are policies of ${arn}, which keeps only one: merge them.`,
      )
  const compiled = new Map([...attached].map(([arn, policies]) => [arn, compileResourcePolicy(policies)]))
  for (const policy of [...attached.values()].flat()) if (!isPermission(policy)) refuseMalformed("resource", policy)
  return { get: (arn) => compiled.get(ownerOf(arn)) }
}
