import { createHmac } from "node:crypto"
import type { Cloud, Identity, Place, Resource, ResourceType, Unnamed } from "../../service.ts"
import { SETTABLE, withAttributes } from "./attributes.ts"
import { checkPolicies } from "./operations/create-queue.ts"
import { queueArn } from "./operations/operation.ts"
import type { Queues } from "./queues.ts"

const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value))

const TAIL = 12

/** CloudFormation ends names at random. So does this one where it is to be unguessable: whoever knows the stacks knows all the rest of it. */
function unguessable(name: string, secret: string | undefined): string {
  if (!secret) return name
  return name.slice(0, -TAIL) + createHmac("sha256", secret).update(name).digest("hex").toUpperCase().slice(0, TAIL)
}

/** The URL is AWS's; the assembly turns `https://sqs.<region>.amazonaws.com` into the local address, as it does with every public URL. */
function identify(queue: Unnamed, place: Place): Identity {
  const fifo = String(queue.property("FifoQueue")) === "true"
  const made = () => unguessable(queue.physicalName({ max: fifo ? 75 : 80 }), place.secrets?.names) + (fifo ? ".fifo" : "")
  const name: string = queue.property("QueueName") ?? made()
  const arn = queueArn(place, name)
  const url = `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`
  return { ref: url, arn, attributes: { Arn: arn, QueueName: name, QueueUrl: url } }
}

/** The policy that an AWS::SQS::QueuePolicy gives a queue. */
export function policyOf(name: string, cloud: Cloud): string | undefined {
  const isOf = ({ properties }: Resource) =>
    (properties.Queues as unknown[]).some((url) => typeof url === "string" && url.endsWith(`/${name}`))
  const document: unknown = cloud.resources("AWS::SQS::QueuePolicy").find(isOf)?.properties.PolicyDocument
  return document === undefined ? undefined : text(document)
}

const tagsOf = (tags: unknown): Record<string, string> =>
  Object.fromEntries(((tags ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))

/** Makes the queue, or gives the one of an earlier run the attributes that its template has now; its messages stay. */
async function provision(resource: Resource, cloud: Cloud, queues: Queues, dependents: readonly string[] = []): Promise<void> {
  const { properties, identity } = resource
  const name = identity.attributes.QueueName!
  const arn = identity.arn!
  const Policy = policyOf(name, cloud)
  const given: Record<string, string> = {
    ...Object.fromEntries(SETTABLE.flatMap((each) => (properties[each] === undefined ? [] : [[each, text(properties[each])]]))),
    ...(Policy !== undefined && { Policy }),
  }
  // CloudFormation makes a dead letter queue before the queues that name it; templates may list them in any order.
  const target = cloud.find("AWS::SQS::Queue", (properties.RedrivePolicy?.deadLetterTargetArn as string | undefined) ?? "")
  if (target && target !== resource && !dependents.includes(arn)) await provision(target, cloud, queues, [...dependents, arn])
  checkPolicies(given, { name, arn }, queues)
  const isFifo = given.FifoQueue === "true"
  // On a queue of the template `FifoQueue: false` says what is so anyway.
  if (!isFifo) delete given.FifoQueue
  const known = queues.find(name)?.definition
  const wanted = { attributes: withAttributes(given, isFifo), tags: tagsOf(properties.Tags) }
  const isSame = known && JSON.stringify(wanted) === JSON.stringify({ attributes: known.attributes, tags: known.tags })
  if (isSame && known.ownPolicy === undefined) return
  const now = cloud.now()
  const queue = { ...known, name, arn, ...wanted, ownPolicy: undefined, createdAt: known?.createdAt ?? now, modifiedAt: now }
  queues.commit({ kind: "define", at: now, queue })
}

export const queueTypes = (queues: Queues): Readonly<Record<string, ResourceType>> => ({
  "AWS::SQS::Queue": {
    simulated: ["QueueName", "Tags", ...SETTABLE.filter((name) => name !== "Policy" && !name.startsWith("Kms"))],
    ignored: {
      KmsMasterKeyId: "messages stay on this machine; encryption at rest is AWS's",
      KmsDataKeyReusePeriodSeconds: "messages stay on this machine; encryption at rest is AWS's",
    },
    identify,
    provision: (resource, cloud) => provision(resource, cloud, queues),
  },
  "AWS::SQS::QueuePolicy": {
    /** A queue shows it as its Policy. */
    simulated: ["PolicyDocument", "Queues"],
    identify: (policy) => ({ ref: policy.physicalName(), attributes: { Id: policy.physicalName() } }),
  },
})
