import type { Product } from "../../../packages/start/src/product.ts"
import { everyEngine } from "../../../packages/cloud/src/covered/engines.ts"

/** What a page of somebody else's tries: an address, and what it would send there. */
export interface Attempt {
  what: string
  url: string
  fields: Record<string, string>
  /** Of a fetch; forms, images and links have none. */
  headers: Record<string, string>
  /** Methods that only a fetch has, beside GET and POST. */
  method?: "PUT" | "DELETE"
}

const stamp = (): string => new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")

/** A signature as a page would make one up: the administrator's key may be any, and nothing can verify it. */
function madeUp(service: string): Record<string, string> {
  const at = stamp()
  return {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `ADMINISTRATOR/${at.slice(0, 8)}/us-east-1/${service}/aws4_request`,
    "X-Amz-Date": at,
    "X-Amz-Expires": "3600",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "0".repeat(64),
  }
}

/** Every member of the query protocols that could make an operation do something here. */
function members(local: Product): Record<string, string> {
  const one = (type: string) => local.cloud.resources(type)[0]?.identity
  const queue = one("AWS::SQS::Queue")!
  return {
    QueueUrl: queue.ref,
    QueueName: "taken",
    MessageBody: "hello",
    ReceiptHandle: "x",
    SourceArn: queue.arn!,
    "Attribute.1.Name": "VisibilityTimeout",
    "Attribute.1.Value": "1",
    "Tag.1.Key": "a",
    "Tag.1.Value": "b",
    TopicArn: one("AWS::SNS::Topic")?.arn ?? "",
    SubscriptionArn: one("AWS::SNS::Subscription")?.arn ?? "",
    Name: "taken",
    Message: "hello",
    Protocol: "sqs",
    Endpoint: queue.arn!,
    StackName: "CDKToolkit",
  }
}

/** Where a REST service would look for its operation; all others are at the root. */
function path(local: Product, service: string, operation: string): string {
  const ref = (type: string) => local.cloud.resources(type)[0]!.identity.ref
  if (service === "lambda") return `/2015-03-31/functions/${ref("AWS::Lambda::Function")}/invocations`
  if (service === "execute-api") return "/local/@connections/AAAAAAAAAAAAAAA="
  if (service === "bedrock") return "/model/amazon.nova-micro-v1:0/converse"
  if (service === "xray") return "/TraceSegments"
  if (service === "s3") return `/${ref("AWS::S3::Bucket")}${/Bucket|PostObject|DeleteObjects/.test(operation) ? "" : "/taken"}`
  if (service === "sqs") return `/${local.cloud.account}/${ref("AWS::SQS::Queue").split("/").at(-1)}`
  return "/"
}

const SUB_RESOURCE: Readonly<Record<string, string>> = {
  DeleteObjects: "delete",
  PutBucketVersioning: "versioning",
  PutObjectTagging: "tagging",
  DeleteObjectTagging: "tagging",
  CreateMultipartUpload: "uploads",
  CompleteMultipartUpload: "uploadId",
  AbortMultipartUpload: "uploadId",
}
const TARGETS: Readonly<Record<string, string>> = {
  dynamodb: "DynamoDB_20120810",
  kinesis: "Kinesis_20131202",
  "redshift-data": "RedshiftData",
  sqs: "AmazonSQS",
  ssm: "AmazonSSM",
  logs: "Logs_20140328",
  events: "AWSEvents",
  "cognito-idp": "AWSCognitoIdentityProviderService",
}

/** Every operation that the services of the local cloud answer, as their own tables list them, each with a made-up signature. */
export function attemptsOnAws(local: Product): Attempt[] {
  const all = members(local)
  return everyEngine(process.cwd()).flatMap(({ names, operations = [] }) =>
    operations.map((operation): Attempt => {
      const service = names[0]!
      const query = new URLSearchParams({ Action: operation, Version: "2012-11-05", ...all, ...madeUp(service) })
      const sub = SUB_RESOURCE[operation]
      if (service === "s3") for (const name of ["Action", "Version", ...Object.keys(all)]) query.delete(name)
      const method = /^(Put|Upload|Copy|CreateBucket)/.test(operation)
        ? "PUT"
        : /^(Delete|Abort)/.test(operation)
          ? "DELETE"
          : undefined
      return {
        what: `${service}.${operation}`,
        url: `${local.addresses.aws}${path(local, service, operation)}?${sub ? `${sub}=x&` : ""}${query}`,
        fields: { Action: operation, ...all, key: "taken", ...lowerCased(madeUp(service)), policy: OPEN_POLICY, file: "taken" },
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `${TARGETS[service] ?? service}.${operation}`,
          authorization: `AWS4-HMAC-SHA256 Credential=ADMINISTRATOR/20300101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        },
        ...(service === "s3" && method && { method }),
      }
    }),
  )
}

const lowerCased = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))

/** Lets everything be uploaded; only who signed it is in question. */
const OPEN_POLICY = Buffer.from(
  JSON.stringify({
    expiration: "2099-01-01T00:00:00Z",
    conditions: [
      "$key",
      "$Action",
      "$x-amz-algorithm",
      "$x-amz-credential",
      "$x-amz-date",
      "$x-amz-expires",
      "$x-amz-signedheaders",
    ].map((field) => ["starts-with", field, ""]),
  }),
).toString("base64")

const BODIES: Readonly<Record<string, string>> = {
  faults: '[{"service":"dynamodb","kind":"error"}]',
  clock: '{"advanceMs":3600000}',
  sockets: '{"kind":"reset"}',
  queues: "{}",
}

/** Every route below `/_local/`, as the control surface itself lists them. */
export async function attemptsOnControl(local: Product, console: boolean): Promise<Attempt[]> {
  const { aws } = local.addresses
  const { message } = (await (await fetch(`${aws}/_local/`)).json()) as { message: string }
  const sockets = (await (await fetch(`${aws}/_local/sockets`)).json()) as { items: { connectionId: string }[] }
  const queue = local.cloud.resources("AWS::SQS::Queue").find(({ logicalId }) => logicalId.includes("Dead"))!
  return [...message.matchAll(/(GET|POST|DELETE) (\/_local\/[^\s,.]+)/g)].map(([, method, route]): Attempt => {
    const filled = route!
      .replace("{connectionId}", encodeURIComponent(sockets.items[0]!.connectionId))
      .replace("{name}", queue.identity.ref.split("/").at(-1)!)
      .replace("{id}", "1")
    const body = BODIES[route!.split("/")[2]!] ?? "{}"
    return {
      what: `${method} ${route}`,
      url: `${console ? local.addresses.console : aws}${filled}`,
      /** A form of text/plain sends `name=value`: this one is JSON all the same. */
      fields: body.startsWith("[")
        ? { '[{"service":"dynamodb","kind":"error","match":{"function":"': '"}}]' }
        : { [`${body.slice(0, -1)}${body === "{}" ? "" : ","}"x":"`]: '"}', body },
      headers: { "content-type": "application/json" },
      ...(method === "DELETE" && { method }),
    }
  })
}
