import type { Cloud, Identity, Place, Resource, ResourceType, Unnamed } from "../../service.ts"
import { queueArn } from "./operations.ts"

/** Properties of AWS::SQS::Queue that are queue attributes of the same name. */
const ATTRIBUTES = [
  "VisibilityTimeout",
  "DelaySeconds",
  "MessageRetentionPeriod",
  "ReceiveMessageWaitTimeSeconds",
  "MaximumMessageSize",
  "FifoQueue",
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoThroughputLimit",
  "RedrivePolicy",
] as const

const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value))

/** The URL is AWS's; the assembly turns `https://sqs.<region>.amazonaws.com` into the local address, as it does with every public URL. */
function identify(queue: Unnamed, place: Place): Identity {
  const fifo = String(queue.property("FifoQueue")) === "true"
  const name: string =
    queue.property("QueueName") ?? (fifo ? `${queue.physicalName({ max: 75 })}.fifo` : queue.physicalName({ max: 80 }))
  const arn = queueArn(place, name)
  const url = `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`
  return { ref: url, arn, attributes: { Arn: arn, QueueName: name, QueueUrl: url } }
}

async function provision({ properties, identity, logicalId }: Resource, cloud: Cloud): Promise<void> {
  const given = ATTRIBUTES.filter((name) => properties[name] !== undefined).map((name) => [name, text(properties[name])])
  const body = { QueueName: identity.attributes.QueueName, Attributes: Object.fromEntries(given) }
  const headers = { "content-type": "application/x-amz-json-1.0" }
  const answer = await cloud.call({ service: "sqs", target: "AmazonSQS.CreateQueue", headers, body })
  if (answer.status !== 200) throw new Error(`Queue ${logicalId} was refused: ${answer.json?.message}`)
}

const ENCRYPTION = "messages stay in this process; encryption at rest is AWS's"

export const TYPES: Readonly<Record<string, ResourceType>> = {
  "AWS::SQS::Queue": {
    simulated: ["QueueName", ...ATTRIBUTES],
    ignored: {
      KmsMasterKeyId: ENCRYPTION,
      KmsDataKeyReusePeriodSeconds: ENCRYPTION,
      SqsManagedSseEnabled: ENCRYPTION,
      RedriveAllowPolicy: "every queue of this cloud belongs to the same account",
      Tags: "no policy reads tags",
    },
    identify,
    provision,
  },
  "AWS::SQS::QueuePolicy": {
    simulated: [],
    ignored: {
      PolicyDocument:
        "resource policies let in other principals and demand TLS; here every caller is of this account and its own role must allow",
      Queues: "see PolicyDocument",
    },
    identify: (policy) => ({ ref: policy.physicalName(), attributes: { Id: policy.physicalName() } }),
  },
}
