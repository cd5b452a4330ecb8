import { type Filter, readFilter, type Scope } from "./filter.ts"
import { invalid } from "./errors.ts"

/** Protocols that a laptop can serve, and e-mail, which waits for a confirmation that nobody gives. */
const PROTOCOLS = ["sqs", "lambda", "email", "email-json"] as const
export type Protocol = (typeof PROTOCOLS)[number]

export interface SubscriptionRecord {
  arn: string
  topicArn: string
  protocol: Protocol
  endpoint: string
  attributes: Record<string, string>
}

const SCOPES: readonly string[] = ["MessageAttributes", "MessageBody"]
const BOOLEANS: readonly string[] = ["true", "false"]

export function readProtocol(protocol: string | undefined): Protocol {
  const known = PROTOCOLS.find((each) => each === protocol)
  if (known) return known
  throw invalid(`Protocol Reason: NOT_SIMULATED: protocol ${String(protocol)}: subscriptions here are ${PROTOCOLS.join(", ")}.`)
}

function deadLetterOf(policy: string | undefined): string | undefined {
  if (policy === undefined || policy === "" || policy === "{}") return undefined
  let arn: unknown
  try {
    arn = JSON.parse(policy)?.deadLetterTargetArn
  } catch {
    throw invalid("RedrivePolicy: failed to parse JSON.")
  }
  if (typeof arn === "string" && arn.includes(":sqs:")) return arn
  throw invalid("RedrivePolicy: deadLetterTargetArn must name an SQS queue.")
}

/** One subscriber of a topic; throws InvalidParameter for attributes that AWS would refuse. */
export class Subscription {
  filter: Filter | undefined
  scope: Scope = "MessageAttributes"
  raw = false
  deadLetter: string | undefined
  delivered = 0
  failed = 0

  constructor(readonly record: SubscriptionRecord) {
    this.read(record.attributes)
  }

  get arn(): string {
    return this.record.arn
  }

  /** E-mail stays unconfirmed, as on AWS until a person follows the link in a mail: nothing is delivered. */
  get pending(): boolean {
    return this.record.protocol.startsWith("email")
  }

  /** Sets one attribute, or nothing when it is refused. */
  set(name: string, value: string): void {
    const attributes = { ...this.record.attributes, [name]: value }
    if (value === "") delete attributes[name]
    this.read(attributes)
    this.record.attributes = attributes
  }

  private read(attributes: Record<string, string>): void {
    const {
      FilterPolicy,
      FilterPolicyScope = "MessageAttributes",
      RawMessageDelivery = "false",
      RedrivePolicy,
      ...more
    } = attributes
    const [unknown] = Object.keys(more)
    if (unknown !== undefined) throw invalid(`AttributeName Reason: NOT_SIMULATED: subscription attribute ${unknown}`)
    if (!SCOPES.includes(FilterPolicyScope))
      throw invalid(`FilterPolicyScope: Invalid value [${FilterPolicyScope}]. Please use either MessageBody or MessageAttributes`)
    if (!BOOLEANS.includes(RawMessageDelivery))
      throw invalid(`RawMessageDelivery: Invalid value [${RawMessageDelivery}]. Must be true or false.`)
    if (RawMessageDelivery === "true" && this.record.protocol !== "sqs")
      throw invalid(`RawMessageDelivery: Delivery protocol [${this.record.protocol}] does not support raw message delivery.`)
    this.filter = readFilter(FilterPolicy, FilterPolicyScope as Scope)
    this.scope = FilterPolicyScope as Scope
    this.raw = RawMessageDelivery === "true"
    this.deadLetter = deadLetterOf(RedrivePolicy)
  }
}
