import type { Cloud, Resource, ResourceType, Unnamed } from "../../service.ts"
import { readProtocol } from "./subscription.ts"
import { TOPIC_ATTRIBUTES } from "./topic.ts"
import { topicArn, type Topics } from "./topics.ts"

const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value))

const given = (properties: Record<string, unknown>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (properties[name] === undefined ? [] : [[name, text(properties[name])]])))

const topicType = (topics: Topics): ResourceType => {
  async function provision({ identity, properties }: Resource) {
    topics.create(identity.arn!, given(properties, TOPIC_ATTRIBUTES), true)
    const inline: { Protocol: string; Endpoint: string }[] = properties.Subscription ?? []
    for (const { Protocol, Endpoint } of inline)
      topics.subscribe({
        arn: `${identity.arn}:${Protocol}-${Endpoint.split(":").at(-1)}`,
        topicArn: identity.arn!,
        protocol: readProtocol(Protocol),
        endpoint: Endpoint,
        attributes: {},
      })
  }
  return {
    simulated: ["TopicName", "Subscription", ...TOPIC_ATTRIBUTES],
    ignored: {
      KmsMasterKeyId: "messages stay on this machine; encryption at rest is AWS's",
      TracingConfig: "no trace collector runs here",
      DeliveryStatusLogging: "deliveries are in the call log",
    },
    identify(resource, place) {
      const isFifo = String(resource.property("FifoTopic")) === "true"
      const name = String(resource.property("TopicName") ?? resource.physicalName({ max: 256 - 5 }) + (isFifo ? ".fifo" : ""))
      const arn = topicArn(place, name)
      return { ref: arn, arn, attributes: { TopicArn: arn, TopicName: name } }
    },
    provision,
    update: provision,
    remove: async ({ identity }) => topics.remove(identity.arn!),
  }
}

const SUBSCRIPTION_ATTRIBUTES = ["FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"] as const

function uuidOf(resource: Unnamed): string {
  const h = resource.hash(32).toLowerCase()
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-")
}

const subscriptionType = (topics: Topics): ResourceType => {
  async function provision({ identity, properties: p }: Resource, cloud: Cloud) {
    if (!cloud.find("AWS::SNS::Topic", String(p.TopicArn)))
      throw new Error(`NOT_SIMULATED: subscription to ${String(p.TopicArn)}: it is no topic of the templates.`)
    topics.subscribe({
      arn: identity.arn,
      topicArn: String(p.TopicArn),
      protocol: readProtocol(p.Protocol),
      endpoint: String(p.Endpoint),
      attributes: given(p, SUBSCRIPTION_ATTRIBUTES),
    })
  }
  return {
    simulated: ["TopicArn", "Protocol", "Endpoint", ...SUBSCRIPTION_ATTRIBUTES],
    ignored: { Region: "everything here is one region" },
    identify(resource) {
      const arn = `${String(resource.property("TopicArn"))}:${uuidOf(resource)}`
      return { ref: arn, arn, attributes: { Arn: arn } }
    },
    provision,
    update: (resource, _, cloud) => provision(resource, cloud),
    remove: async ({ identity }) => topics.unsubscribe(identity.arn!),
  }
}

/** Read by whoever decides about calls. */
const topicPolicyType: ResourceType = {
  simulated: ["PolicyDocument", "Topics"],
  identify: (policy) => ({ ref: policy.physicalName(), attributes: { Id: policy.physicalName() } }),
}

export const snsTypes = (topics: Topics): Record<string, ResourceType> => ({
  "AWS::SNS::Topic": topicType(topics),
  "AWS::SNS::Subscription": subscriptionType(topics),
  "AWS::SNS::TopicPolicy": topicPolicyType,
})
