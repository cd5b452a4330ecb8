import type { Cloud } from "../../service.ts"
import type { Message } from "./message.ts"
import { KEY_PATH, signatureOf } from "./signature.ts"
import type { Subscription } from "./subscription.ts"
import type { Topic } from "./topic.ts"
import { unsubscribeLink } from "./unsubscribe-link.ts"

/** A message goes to many subscribers with one signature. */
const signed = new WeakMap<Message, Map<string, Promise<string>>>()

function signatureFor(message: Message, said: Record<string, string | undefined>, version: string): Promise<string> {
  const known = signed.get(message) ?? new Map<string, Promise<string>>()
  signed.set(message, known)
  const text = said.Message!
  const signature = known.get(text) ?? signatureOf(said, version)
  known.set(text, signature)
  return signature
}

/** What the notification says in every shape. FIFO topics number their messages instead of signing them. */
async function parts(cloud: Cloud, topic: Topic, subscription: Subscription, message: Message) {
  const version = topic.attributes.SignatureVersion ?? "1"
  const said = {
    Type: "Notification",
    MessageId: message.id,
    TopicArn: topic.arn,
    Subject: message.subject,
    Message: message.text[subscription.record.protocol] ?? message.text.default,
    Timestamp: new Date(message.at).toISOString(),
  }
  const attributes = Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue },
  ])
  return {
    said,
    signature: topic.fifo
      ? undefined
      : { version, text: await signatureFor(message, said, version), key: `${cloud.awsUrl}${KEY_PATH}` },
    unsubscribe: unsubscribeLink(cloud, subscription.arn),
    attributes: Object.fromEntries(attributes) as Record<string, object>,
  }
}

/** The JSON in a queue's message: https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html */
export async function queueBody(cloud: Cloud, topic: Topic, subscription: Subscription, message: Message): Promise<string> {
  const { said, signature, unsubscribe, attributes } = await parts(cloud, topic, subscription, message)
  const { Type, MessageId, ...more } = said
  return JSON.stringify({
    Type,
    MessageId,
    SequenceNumber: message.sequenceNumber,
    ...more,
    ...(signature && { SignatureVersion: signature.version, Signature: signature.text, SigningCertURL: signature.key }),
    UnsubscribeURL: unsubscribe,
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
  })
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html#sns-sample-event */
export async function lambdaEvent(cloud: Cloud, topic: Topic, subscription: Subscription, message: Message): Promise<string> {
  const { said, signature, unsubscribe, attributes } = await parts(cloud, topic, subscription, message)
  const Sns = {
    ...said,
    Subject: message.subject ?? null,
    SignatureVersion: signature?.version,
    Signature: signature?.text,
    SigningCertUrl: signature?.key,
    UnsubscribeUrl: unsubscribe,
    MessageAttributes: attributes,
  }
  const record = { EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: subscription.arn, Sns }
  return JSON.stringify({ Records: [record] })
}
