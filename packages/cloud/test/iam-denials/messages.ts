import { form, json, type Kept, type Row, type World } from "./row.ts"

const queue = json("sqs", "AmazonSQS")
const QueueUrl = (_: Kept, world: World) => ({ QueueUrl: world.ref("Jobs") })
const jobs = (more: object) => (kept: Kept, world: World) => ({ ...QueueUrl(kept, world), ...more })
const receipt = (position: number) => (kept: Kept, world: World) => ({
  ...QueueUrl(kept, world),
  ReceiptHandle: kept["sqs ReceiveMessage"].Messages[position].ReceiptHandle,
})
const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:123456789012:${name}`

export const sqsRows: readonly Row[] = [
  queue("SendMessage", jobs({ MessageBody: "a" })),
  queue("SendMessageBatch", jobs({ Entries: [{ Id: "a", MessageBody: "b" }] })),
  queue("ReceiveMessage", jobs({ MaxNumberOfMessages: 10 })),
  queue("ChangeMessageVisibility", (kept, world) => ({ ...receipt(0)(kept, world), VisibilityTimeout: 60 })),
  queue("ChangeMessageVisibilityBatch", (kept, world) => {
    const { QueueUrl, ReceiptHandle } = receipt(1)(kept, world)
    return { QueueUrl, Entries: [{ Id: "a", ReceiptHandle, VisibilityTimeout: 60 }] }
  }),
  queue("DeleteMessage", receipt(0)),
  queue("DeleteMessageBatch", (kept, world) => {
    const { QueueUrl, ReceiptHandle } = receipt(1)(kept, world)
    return { QueueUrl, Entries: [{ Id: "a", ReceiptHandle }] }
  }),
  queue("GetQueueAttributes", jobs({ AttributeNames: ["All"] })),
  queue("SetQueueAttributes", jobs({ Attributes: { VisibilityTimeout: "40" } })),
  queue("GetQueueUrl", { QueueName: "jobs" }),
  queue("ListQueues"),
  queue("TagQueue", jobs({ Tags: { a: "b" } })),
  queue("ListQueueTags", QueueUrl),
  queue("UntagQueue", jobs({ TagKeys: ["a"] })),
  queue("ListDeadLetterSourceQueues", (_, world) => ({ QueueUrl: world.ref("Dead") })),
  queue("StartMessageMoveTask", { SourceArn: arn("sqs", "dead") }),
  queue("ListMessageMoveTasks", { SourceArn: arn("sqs", "dead") }),
  queue(
    "CancelMessageMoveTask",
    (kept) => ({ TaskHandle: kept["sqs StartMessageMoveTask"].TaskHandle }),
    "InvalidParameterValue",
  ),
  queue("AddPermission", jobs({ Label: "others", AWSAccountIds: ["123456789012"], Actions: ["SendMessage"] })),
  queue("RemovePermission", jobs({ Label: "others" })),
  queue("PurgeQueue", QueueUrl),
  queue("CreateQueue", { QueueName: "made" }),
  queue("DeleteQueue", (kept) => ({ QueueUrl: kept["sqs CreateQueue"].QueueUrl })),
]

const topic = form("sns")
const TopicArn = arn("sns", "news")
const subscription = (kept: Kept) => ({
  SubscriptionArn: /<SubscriptionArn>([^<]+)/.exec(kept["sns Subscribe"])![1]!,
})

export const snsRows: readonly Row[] = [
  topic("CreateTopic", { Name: "made" }),
  topic("ListTopics"),
  topic("GetTopicAttributes", { TopicArn }),
  topic("Subscribe", { TopicArn, Protocol: "sqs", Endpoint: arn("sqs", "jobs"), ReturnSubscriptionArn: "true" }),
  topic("ListSubscriptions"),
  topic("ListSubscriptionsByTopic", { TopicArn }),
  topic("GetSubscriptionAttributes", subscription),
  topic("SetSubscriptionAttributes", (kept) => ({
    ...subscription(kept),
    AttributeName: "RawMessageDelivery",
    AttributeValue: "true",
  })),
  topic("Publish", { TopicArn, Message: "a" }),
  topic("PublishBatch", {
    TopicArn,
    "PublishBatchRequestEntries.member.1.Id": "a",
    "PublishBatchRequestEntries.member.1.Message": "b",
  }),
  topic("Unsubscribe", subscription),
  topic("SetTopicAttributes", { TopicArn, AttributeName: "DisplayName", AttributeValue: "News" }),
  topic("AddPermission", {
    TopicArn,
    Label: "others",
    "AWSAccountId.member.1": "123456789012",
    "ActionName.member.1": "Publish",
  }),
  topic("RemovePermission", { TopicArn, Label: "others" }),
]

const bus = json("events", "AWSEvents")
const EVENT = {
  id: "1",
  account: "123456789012",
  source: "app",
  time: "2026-01-01T00:00:00Z",
  region: "us-east-1",
  resources: [],
  "detail-type": "x",
  detail: {},
}

export const eventsRows: readonly Row[] = [
  bus("PutEvents", { Entries: [{ Source: "app", DetailType: "x", Detail: "{}" }] }),
  bus("TestEventPattern", { EventPattern: '{"source":["app"]}', Event: JSON.stringify(EVENT) }),
  bus("PutRule", { Name: "made", EventPattern: '{"source":["app"]}' }),
  bus("PutTargets", { Rule: "made", Targets: [{ Id: "a", Arn: arn("sqs", "jobs") }] }),
  bus("DescribeRule", { Name: "made" }),
  bus("ListRules"),
  bus("ListTargetsByRule", { Rule: "made" }),
]

const people = json("cognito-idp", "AWSCognitoIdentityProviderService")
const person =
  (more: object = {}) =>
  (_: Kept, world: World) => ({
    UserPoolId: world.ref("People"),
    Username: "ada@example.com",
    ...more,
  })

export const cognitoRows: readonly Row[] = [
  people("AdminCreateUser", person({ MessageAction: "SUPPRESS", UserAttributes: [{ Name: "email", Value: "ada@example.com" }] })),
  people("AdminSetUserPassword", person({ Password: "front-of-house-2026A!", Permanent: true })),
  people("AdminAddUserToGroup", person({ GroupName: "editor" })),
  people("AdminListGroupsForUser", person()),
  people("AdminRemoveUserFromGroup", person({ GroupName: "editor" })),
  people("AdminGetUser", person()),
  people("AdminDisableUser", person()),
  people("AdminEnableUser", person()),
  people("AdminUserGlobalSignOut", person()),
  people("ListUsers", (_, world) => ({ UserPoolId: world.ref("People") })),
  people("AdminDeleteUser", person()),
]

export const cloudformationRows: readonly Row[] = [form("cloudformation")("DescribeStacks", { StackName: "CDKToolkit" })]
