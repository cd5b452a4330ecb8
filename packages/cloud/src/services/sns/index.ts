import type { AwsRequest, Cloud, Service } from "../../service.ts"
import type { Form } from "../protocol/form.ts"
import type { Operations } from "../protocol/operation.ts"
import { queryService } from "../protocol/query.ts"
import { AddPermission } from "./operations/add-permission.ts"
import { CreateTopic } from "./operations/create-topic.ts"
import { FanOut } from "./fan-out.ts"
import { GetSubscriptionAttributes } from "./operations/get-subscription-attributes.ts"
import { GetTopicAttributes } from "./operations/get-topic-attributes.ts"
import { ListSubscriptionsByTopic } from "./operations/list-subscriptions-by-topic.ts"
import { ListSubscriptions } from "./operations/list-subscriptions.ts"
import { ListTopics } from "./operations/list-topics.ts"
import type { Context } from "./operations/operation.ts"
import { PublishBatch } from "./operations/publish-batch.ts"
import { Publish } from "./operations/publish.ts"
import { snsTypes } from "./resource-types.ts"
import { RemovePermission } from "./operations/remove-permission.ts"
import { SetSubscriptionAttributes } from "./operations/set-subscription-attributes.ts"
import { SetTopicAttributes } from "./operations/set-topic-attributes.ts"
import { KEY_PATH, publicKeyPem } from "./signature.ts"
import { Subscribe } from "./operations/subscribe.ts"
import { Topics } from "./topics.ts"
import { isUnsigned } from "./unsubscribe-link.ts"
import { Unsubscribe } from "./operations/unsubscribe.ts"

const OPERATIONS: Operations<Context, Form> = {
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

const isKey = (request: AwsRequest): boolean => request.url.pathname === KEY_PATH && isUnsigned(request)

/** SNS: topics that deliver to queues and functions, each subscriber by its own filter, with retries and a dead letter. */
export function sns(): Service {
  let running: Cloud | undefined
  const topics = new Topics()
  const fanOut = new FanOut(topics, () => running!)

  const service = queryService({
    name: "sns",
    namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    operations: OPERATIONS,
    context: () => ({ topics, fanOut }),
    strangers: { refused: { Tags: "tags decide nothing here: leave them out." } },
    units: ({ body }) => ({ requests: 1, bytes: body.length }),
  })

  return {
    ...service,
    operations: [...Object.keys(OPERATIONS), "GetSigningKey"],
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

    authorize: (request, cloud) =>
      isKey(request) ? { operation: "GetSigningKey", access: [] } : service.authorize(request, cloud),
    async handle(request, operation, cloud) {
      if (!isKey(request)) return service.handle(request, operation, cloud)
      return { status: 200, headers: { "content-type": "application/x-pem-file" }, body: await publicKeyPem() }
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
