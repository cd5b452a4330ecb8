import { AwsError, type Cloud, type Place } from "../../../service.ts"
import type { Call as AnyCall, Operation as AnyOperation } from "../../protocol/operation.ts"
import { missingParameter, queueDoesNotExist } from "../errors.ts"
import type { Queue } from "../queue.ts"
import type { Queues } from "../queues.ts"

export interface Context {
  queues: Queues
}

/** Members as they came; `required`, `integer`, `texts` and `list` look at them. */
export type Input = Readonly<Record<string, unknown>>
export type Call = AnyCall<Input, Context>
/** One SQS operation. */
export type Operation = AnyOperation<Input, Context>

/** What is said of members that SQS does not have. */
export const STRANGERS = { others: "the local queues do not know this parameter." }

/** Each 64 KB of payload is billed as a request: https://aws.amazon.com/sqs/pricing/ */
const REQUEST_BYTES = 65_536

/** Units of a call that carried so many bytes of messages. */
export const billed = (payload: number) => ({ requests: Math.max(1, Math.ceil(payload / REQUEST_BYTES)) })

export const queueArn = ({ region, account }: Place, name: string): string => `arn:aws:sqs:${region}:${account}:${name}`

export const queueUrl = ({ awsUrl, account }: Cloud, name: string): string => `${awsUrl}/${account}/${name}`

/** Name of the queue that a request is about: the last part of its URL, or its name. */
function queueName({ QueueUrl, QueueName }: Input, { account }: Place): string {
  if (typeof QueueName === "string" && QueueName !== "") return QueueName
  if (typeof QueueUrl !== "string" || QueueUrl === "") throw missingParameter("QueueUrl")
  const [owner, name] = QueueUrl.split("/").slice(-2)
  if (name !== undefined && /^\d{12}$/.test(owner!) && owner !== account) throw queueDoesNotExist()
  return name ?? owner!
}

/** IAM's view of an action on the queue that the input names. Batches are authorised as their single form: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export const onQueue =
  (...actions: string[]): Operation["access"] =>
  ({ input, cloud }) =>
    actions.map((action) => ({ action: `sqs:${action}`, resource: queueArn(cloud, queueName(input, cloud)) }))

export const queueOf = ({ input, queues, cloud }: Call): Queue => queues.get(queueName(input, cloud))

export function required(input: Input, name: string): string {
  const value: unknown = input[name]
  if (typeof value !== "string" || value === "") throw missingParameter(name)
  return value
}

/** An integer of the input, or undefined; `reason` is what AWS says when it is out of its range. */
export function integer(input: Input, name: string, refuse: (value: unknown) => AwsError | undefined): number | undefined {
  const value: unknown = input[name]
  if (value === undefined || value === null) return undefined
  if (!Number.isInteger(value)) throw new AwsError("SerializationException", `${name} must be an integer.`)
  const refusal = refuse(value)
  if (refusal) throw refusal
  return value as number
}

/** A map of texts of the input. */
export function texts(input: Input, name: string): Record<string, string> {
  const entries = Object.entries((input[name] ?? {}) as Record<string, unknown>)
  for (const [key, value] of entries)
    if (typeof value !== "string") throw new AwsError("SerializationException", `${name}.${key} must be text.`)
  return Object.fromEntries(entries) as Record<string, string>
}

/** A list of texts of the input. */
export function list(input: Input, name: string): string[] {
  const value: unknown = input[name] ?? []
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value as string[]
  throw new AwsError("SerializationException", `${name} must be a list of texts.`)
}

/** `undefined` in place of what has nothing in it: AWS leaves empty members out. */
export const unlessEmpty = <Value extends object>(value: Value): Value | undefined =>
  (Array.isArray(value) ? value.length : Object.keys(value).length) > 0 ? value : undefined
