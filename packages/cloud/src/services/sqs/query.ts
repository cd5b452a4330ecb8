import { escapeXml } from "../../endpoint/errors.ts"
import { AwsError, type AwsRequest, type AwsResponse } from "../../service.ts"
import { ENVELOPE } from "../protocol/form.ts"
import type { Answer } from "../protocol/operation.ts"
import { formOf } from "../protocol/query.ts"

/**
 * The protocol that SQS spoke before JSON: flattened form fields in, XML out. Old SDKs still do.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html
 */
type Tree = { [name: string]: Tree | string }

/** Flattened lists, and what JSON calls them: `AttributeName.1` is the first of AttributeNames. */
const LISTS: Readonly<Record<string, string>> = {
  AttributeName: "AttributeNames",
  MessageAttributeName: "MessageAttributeNames",
  MessageSystemAttributeName: "MessageSystemAttributeNames",
  TagKey: "TagKeys",
  AWSAccountId: "AWSAccountIds",
  ActionName: "Actions",
  SendMessageBatchRequestEntry: "Entries",
  DeleteMessageBatchRequestEntry: "Entries",
  ChangeMessageVisibilityBatchRequestEntry: "Entries",
}
/** Flattened maps: what JSON calls them, and the names of key and value. */
const MAPS: Readonly<Record<string, [string, string, string]>> = {
  Attribute: ["Attributes", "Name", "Value"],
  MessageAttribute: ["MessageAttributes", "Name", "Value"],
  MessageSystemAttribute: ["MessageSystemAttributes", "Name", "Value"],
  Tag: ["Tags", "Key", "Value"],
}
const NUMBERS = new Set([
  "DelaySeconds",
  "MaxNumberOfMessages",
  "MaxNumberOfMessagesPerSecond",
  "MaxResults",
  "VisibilityTimeout",
  "WaitTimeSeconds",
])

function treeOf(form: URLSearchParams): Tree {
  const tree: Tree = Object.create(null) as Tree
  for (const [path, value] of form) {
    if (ENVELOPE.test(path)) continue
    const names = path.split(".")
    const last = names.pop()!
    let place = tree
    for (const name of names) {
      const inner = (place[name] ??= Object.create(null) as Tree)
      if (typeof inner === "string") throw new AwsError("MalformedQueryString", `${path} is given twice, as value and as list.`)
      place = inner
    }
    place[last] = value
  }
  return tree
}

const numbered = (tree: Tree | string): (Tree | string)[] =>
  Object.entries(tree)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, value]) => value as Tree | string)

function jsonOf(tree: Tree, isCreate: boolean): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(tree)) {
    const map = Object.hasOwn(MAPS, name) ? MAPS[name]! : undefined
    if (typeof value === "string") json[name] = NUMBERS.has(name) && /^-?\d+$/.test(value) ? Number(value) : value
    else if (map) {
      const [plural, key, inner] = map
      const entries = numbered(value).map((each) => [(each as Tree)[key] as string, (each as Tree)[inner]])
      json[isCreate && plural === "Tags" ? "tags" : plural] = Object.fromEntries(entries)
    } else if (Object.hasOwn(LISTS, name))
      json[LISTS[name]!] = numbered(value).map((each) => (typeof each === "string" ? each : jsonOf(each, false)))
    else throw new AwsError("NotSimulatedException", `NOT_SIMULATED: sqs.${name}: the local queues do not know this parameter.`)
  }
  return json
}

/** The input of a form as JSON would carry it. A request to a queue's own address is about that queue. */
export function readQuery(request: AwsRequest): Record<string, unknown> {
  const tree = treeOf(formOf(request))
  const { Action: _, ...json } = jsonOf(tree, tree.Action === "CreateQueue")
  const isOfQueue = /^\/\d{12}\/[\w.-]+\/?$/.test(request.url.pathname)
  return isOfQueue && json.QueueUrl === undefined ? { ...json, QueueUrl: request.url.pathname.replace(/\/$/, "") } : json
}

/** How a list or map of the answer is flattened: the element of one item. */
const itemOf = (operation: string, name: string): string => {
  if (name === "Successful") return `${operation}ResultEntry`
  if (name === "Failed") return "BatchResultErrorEntry"
  if (name === "Results") return "ListMessageMoveTasksResultEntry"
  return name.replace(/^q/, "Q").replace(/s$/, "")
}

function xml(operation: string, value: Record<string, unknown>): string {
  const element = (name: string, inner: unknown): string =>
    `<${name}>${typeof inner === "object" ? xml(operation, inner as Record<string, unknown>) : escapeXml(String(inner))}</${name}>`
  return Object.entries(value)
    .map(([name, inner]) => {
      if (inner === undefined) return ""
      const item = itemOf(operation, name)
      if (Array.isArray(inner)) return inner.map((each) => element(item, each)).join("")
      if (!["Attributes", "MessageAttributes", "Tags"].includes(name)) return element(name, inner)
      const key = name === "Tags" ? "Key" : "Name"
      return Object.entries(inner as object)
        .map(([each, of]) => element(item, { [key]: each, Value: of as unknown }))
        .join("")
    })
    .join("")
}

export function queryAnswer(operation: string, { output = {}, units }: Answer, requestId: string): AwsResponse {
  const inner = xml(operation, output as Record<string, unknown>)
  const result = inner === "" ? "" : `<${operation}Result>${inner}</${operation}Result>`
  return {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<?xml version="1.0"?><${operation}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
    units,
  }
}
