import { type Access, AwsError, type AwsRequest, type Cloud, type Place } from "../../service.ts"
import { missingParameter, queueDoesNotExist } from "./errors.ts"
import type { Queue } from "./queue.ts"
import type { Queues } from "./queues.ts"

/** What an operation works with. */
export interface Call {
  input: Record<string, any>
  queues: Queues
  cloud: Cloud
  request: AwsRequest
  /** cloud.now() when the call began. */
  now: number
}

export interface Result {
  output?: Record<string, unknown>
  /** Bytes of messages that were sent or received. */
  payload?: number
}

/** One SQS operation. */
export interface Operation {
  /** Members of its input; any other is refused by name. */
  members: readonly string[]
  /** What IAM is asked. */
  access(input: Record<string, any>, queues: Queues, place: Place): Access[]
  run(call: Call): Result | Promise<Result>
}

export const queueArn = ({ region, account }: Place, name: string): string => `arn:aws:sqs:${region}:${account}:${name}`

export const queueUrl = ({ awsUrl, account }: Cloud, name: string): string => `${awsUrl}/${account}/${name}`

/** Name of the queue that a request is about: the last part of its URL, or its name. */
function queueName({ QueueUrl, QueueName }: Record<string, any>, { account }: Place): string {
  if (typeof QueueName === "string" && QueueName !== "") return QueueName
  if (typeof QueueUrl !== "string" || QueueUrl === "") throw missingParameter("QueueUrl")
  const [owner, name] = QueueUrl.split("/").slice(-2)
  if (name !== undefined && /^\d{12}$/.test(owner!) && owner !== account) throw queueDoesNotExist()
  return name ?? owner!
}

/** IAM's view of an action on the queue that the input names. Batches are authorised as their single form: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export const onQueue =
  (...actions: string[]): Operation["access"] =>
  (input, _, place) =>
    actions.map((action) => ({ action: `sqs:${action}`, resource: queueArn(place, queueName(input, place)) }))

export const queueOf = ({ input, queues, cloud }: Call): Queue => queues.get(queueName(input, cloud))

export function required(input: Record<string, any>, name: string): string {
  const value: unknown = input[name]
  if (typeof value !== "string" || value === "") throw missingParameter(name)
  return value
}

/** An integer of the input, or undefined; `reason` is what AWS says when it is out of its range. */
export function integer(
  input: Record<string, any>,
  name: string,
  refuse: (value: unknown) => AwsError | undefined,
): number | undefined {
  const value: unknown = input[name]
  if (value === undefined || value === null) return undefined
  if (!Number.isInteger(value)) throw new AwsError("SerializationException", `${name} must be an integer.`)
  const refusal = refuse(value)
  if (refusal) throw refusal
  return value as number
}

/** A map of texts of the input. */
export function texts(input: Record<string, any>, name: string): Record<string, string> {
  const entries = Object.entries((input[name] ?? {}) as Record<string, unknown>)
  for (const [key, value] of entries)
    if (typeof value !== "string") throw new AwsError("SerializationException", `${name}.${key} must be text.`)
  return Object.fromEntries(entries) as Record<string, string>
}

/** A list of texts of the input. */
export function list(input: Record<string, any>, name: string): string[] {
  const value: unknown = input[name] ?? []
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value as string[]
  throw new AwsError("SerializationException", `${name} must be a list of texts.`)
}

/** `undefined` in place of what has nothing in it: AWS leaves empty members out. */
export const unlessEmpty = <Value extends object>(value: Value): Value | undefined =>
  (Array.isArray(value) ? value.length : Object.keys(value).length) > 0 ? value : undefined
