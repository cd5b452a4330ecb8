import { notSimulated } from "../../endpoint/errors.ts"
import type { AwsRequest, AwsResponse, Cloud, Service } from "../../service.ts"
import { formOf, queryAnswer } from "../protocol/query.ts"
import { AddPermission } from "./add-permission.ts"
import { CreateTopic } from "./create-topic.ts"
import { FanOut } from "./fan-out.ts"
import { Form } from "./form.ts"
import { GetSubscriptionAttributes } from "./get-subscription-attributes.ts"
import { GetTopicAttributes } from "./get-topic-attributes.ts"
import { ListSubscriptionsByTopic } from "./list-subscriptions-by-topic.ts"
import { ListSubscriptions } from "./list-subscriptions.ts"
import { ListTopics } from "./list-topics.ts"
import type { Operation } from "./operation.ts"
import { PublishBatch } from "./publish-batch.ts"
import { Publish } from "./publish.ts"
import { snsTypes } from "./resource-types.ts"
import { RemovePermission } from "./remove-permission.ts"
import { SetSubscriptionAttributes } from "./set-subscription-attributes.ts"
import { SetTopicAttributes } from "./set-topic-attributes.ts"
import { KEY_PATH, publicKeyPem } from "./signature.ts"
import { Subscribe } from "./subscribe.ts"
import { Topics } from "./topics.ts"
import { isUnsubscribeLink } from "./unsubscribe-link.ts"
import { Unsubscribe } from "./unsubscribe.ts"

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateTopic,
  ListTopics,
  GetTopicAttributes,
  Subscribe,
  Unsubscribe,
  ListSubscriptions,
  ListSubscriptionsByTopic,
  GetSubscriptionAttributes,
  SetSubscriptionAttributes,
  Publish,
  PublishBatch,
  SetTopicAttributes,
  AddPermission,
  RemovePermission,
}

const NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"

const isUnsigned = ({ url, method }: AwsRequest): boolean => method === "GET" && url.pathname.startsWith("/sns/")
const formIn = (request: AwsRequest): Form => new Form(new Map(formOf(request)))

/** SNS: topics that deliver to queues and functions, each subscriber by its own filter, with retries and a dead letter. */
export function sns(): Service {
  let running: Cloud | undefined
  const topics = new Topics()
  const fanOut = new FanOut(topics, () => running!)

  return {
    names: ["sns"],
    operations: [...Object.keys(OPERATIONS), "GetSigningKey"],
    protocol: "query",
    types: snsTypes(topics),

    async start(cloud) {
      running = cloud
      topics.open(cloud.data)
      fanOut.open(cloud.data)
    },
    ready() {
      fanOut.resume()
      // Making the key takes a moment that the first notification shall not wait for.
      if (topics.all().length > 0) void publicKeyPem()
    },

    authorize(request, cloud) {
      if (request.url.pathname === KEY_PATH && isUnsigned(request)) return { operation: "GetSigningKey", access: [] }
      const form = formIn(request)
      const operation = form.get("Action") ?? "(none)"
      const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
      if (!known) throw notSimulated("sns", operation)
      if (operation === "Unsubscribe" && isUnsigned(request) && isUnsubscribeLink(form, cloud)) return { operation, access: [] }
      return { operation, access: [{ action: `sns:${known.action ?? operation}`, resource: known.resource({ form, cloud }) }] }
    },

    async handle(request, operation, cloud): Promise<AwsResponse> {
      if (operation === "GetSigningKey")
        return { status: 200, headers: { "content-type": "application/x-pem-file" }, body: await publicKeyPem() }
      const result = OPERATIONS[operation]!.run({ form: formIn(request), topics, fanOut, cloud, request })
      return {
        ...queryAnswer(operation, NAMESPACE, result, request.requestId),
        units: { requests: 1, bytes: request.body.length },
      }
    },

    // A subscription's is that of its topic.
    policyOf: (arn) => topics.at(arn.split(":").slice(0, 6).join(":"))?.policy,

    state: () => ({
      waiting: fanOut.waiting,
      topics: topics.all().map(({ name, published, subscriptions }) => ({
        name,
        published,
        subscriptions: subscriptions.map(({ record, delivered, failed, pending }) => ({
          endpoint: record.endpoint,
          delivered,
          failed,
          ...(pending && { pending }),
        })),
      })),
    }),

    async stop() {
      fanOut.stop()
      topics.close()
    },
  }
}
