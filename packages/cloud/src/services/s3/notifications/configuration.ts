import { AwsError } from "../../../service.ts"

/** One destination of a bucket's events. */
export interface EventFilter {
  id: string
  /** `s3:ObjectCreated:*`, … */
  events: string[]
  kind: "queue" | "topic" | "function"
  to: string
  prefix: string
  suffix: string
}

export interface Notifications {
  filters: readonly EventFilter[]
  eventBridge: boolean
}

/** Events that happen here; others are refused by name. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const EVENTS = [
  "s3:ObjectCreated:*",
  "s3:ObjectCreated:Put",
  "s3:ObjectCreated:Post",
  "s3:ObjectCreated:Copy",
  "s3:ObjectCreated:CompleteMultipartUpload",
  "s3:ObjectRemoved:*",
  "s3:ObjectRemoved:Delete",
  "s3:ObjectRemoved:DeleteMarkerCreated",
  "s3:ObjectTagging:*",
  "s3:ObjectTagging:Put",
  "s3:ObjectTagging:Delete",
  "s3:LifecycleExpiration:*",
  "s3:LifecycleExpiration:Delete",
  "s3:LifecycleExpiration:DeleteMarkerCreated",
  "s3:LifecycleTransition",
]

/** Whether a configured event name covers an event that happened. */
export const covers = (configured: string, happened: string): boolean =>
  configured === happened || (configured.endsWith("*") && happened.startsWith(configured.slice(0, -1)))

const overlap = (a: EventFilter, b: EventFilter): boolean =>
  a.events.some((one) => b.events.some((other) => covers(one, other) || covers(other, one))) &&
  (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
  (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix))

function checked(filters: EventFilter[], eventBridge: boolean): Notifications {
  for (const { events } of filters)
    for (const event of events)
      if (!EVENTS.includes(event)) throw new Error(`NOT_SIMULATED: S3 event ${event}: nothing here makes it happen`)
  for (const [index, one] of filters.entries())
    for (const other of filters.slice(0, index))
      if (overlap(one, other))
        throw new AwsError(
          "InvalidArgument",
          `Configurations overlap. Configurations on the same bucket cannot share a common event type: ${one.to} and ${other.to}`,
        )
  return { filters, eventBridge }
}

/** `prefix` and `suffix` of a list of filter rules. */
function ruleOf(rules: { Name: string; Value: string }[] = []): { prefix: string; suffix: string } {
  const named = new Map(rules.map(({ Name, Value }) => [String(Name).toLowerCase(), String(Value)]))
  for (const name of named.keys())
    if (name !== "prefix" && name !== "suffix")
      throw new AwsError("InvalidArgument", `filter rule name must be either prefix or suffix, not ${name}`)
  return { prefix: named.get("prefix") ?? "", suffix: named.get("suffix") ?? "" }
}

function refuseOthers(where: string, value: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`NOT_SIMULATED: ${where}.${unknown}`)
}

/** `NotificationConfiguration` of AWS::S3::Bucket. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html */
export function notificationsOfTemplate(configuration: Record<string, any> = {}): Notifications {
  const where = "AWS::S3::Bucket.NotificationConfiguration"
  refuseOthers(where, configuration, [
    "EventBridgeConfiguration",
    "LambdaConfigurations",
    "QueueConfigurations",
    "TopicConfigurations",
  ])
  const read = (list: string, kind: EventFilter["kind"], name: string) =>
    ((configuration[list] ?? []) as Record<string, any>[]).map((one, index): EventFilter => {
      refuseOthers(`${where}.${list}`, one, ["Event", "Filter", name])
      return { id: `${kind}-${index}`, events: [one.Event], kind, to: String(one[name]), ...ruleOf(one.Filter?.S3Key?.Rules) }
    })
  const filters = [
    ...read("LambdaConfigurations", "function", "Function"),
    ...read("QueueConfigurations", "queue", "Queue"),
    ...read("TopicConfigurations", "topic", "Topic"),
  ]
  const { EventBridgeConfiguration: bridge } = configuration
  return checked(filters, bridge !== undefined && String(bridge.EventBridgeEnabled ?? true) === "true")
}

/** The configuration as the API takes it, which CDK's Custom::S3BucketNotifications carries. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
export function notificationsOfApi(configuration: Record<string, any> = {}): Notifications {
  const where = "Custom::S3BucketNotifications.NotificationConfiguration"
  const lists = ["LambdaFunctionConfigurations", "QueueConfigurations", "TopicConfigurations"]
  refuseOthers(where, configuration, ["EventBridgeConfiguration", ...lists])
  const read = (list: string, kind: EventFilter["kind"], name: string) =>
    ((configuration[list] ?? []) as Record<string, any>[]).map((one, index): EventFilter => {
      refuseOthers(`${where}.${list}`, one, ["Id", "Events", "Filter", name])
      const events = (one.Events as string[]).map(String)
      return {
        id: String(one.Id ?? `${kind}-${index}`),
        events,
        kind,
        to: String(one[name]),
        ...ruleOf(one.Filter?.Key?.FilterRules),
      }
    })
  const filters = [
    ...read("LambdaFunctionConfigurations", "function", "LambdaFunctionArn"),
    ...read("QueueConfigurations", "queue", "QueueArn"),
    ...read("TopicConfigurations", "topic", "TopicArn"),
  ]
  return checked(filters, configuration.EventBridgeConfiguration !== undefined)
}
