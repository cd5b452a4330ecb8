import { readRetryPolicy, type RetryPolicy } from "../../delivery/policy.ts"
import { carrierOf, type Parcel } from "../../delivery/send.ts"
import { type BusEvent, eventText } from "./event.ts"
import { readInput, type Transform } from "./input.ts"
import { type Path, readPath } from "./json-path.ts"
import { rawAt } from "./raw-json.ts"

/** Where a rule's events go. */
export interface Target {
  id: string
  arn: string
  roleArn?: string
  transform: Transform
  retry: RetryPolicy
  deadLetter?: string
  groupId?: string
  partitionKeyPath?: Path
  /** As it was given, for ListTargetsByRule. */
  given: Record<string, unknown>
}

const KNOWN = new Set([
  "Id",
  "Arn",
  "RoleArn",
  "Input",
  "InputPath",
  "InputTransformer",
  "RetryPolicy",
  "DeadLetterConfig",
  "SqsParameters",
  "KinesisParameters",
])

/** Reads a target of a rule; throws by name for what is not simulated. */
export function readTarget(given: any, owner: string): Target {
  const refuse = (what: string, why: string): never => {
    throw new Error(`NOT_SIMULATED: AWS::Events::Rule.Targets.${what} of ${owner}: ${why}`)
  }
  const unknown = Object.keys(given).find((key) => !KNOWN.has(key))
  if (unknown !== undefined) refuse(unknown, "the local bus does not act on it.")
  const arn = String(given.Arn)
  if (carrierOf(arn) === undefined) refuse("Arn", `${arn}: targets are functions, queues, topics, streams, buses and log groups.`)
  return {
    id: String(given.Id),
    arn,
    roleArn: given.RoleArn,
    transform: readInput(given, owner),
    retry: readRetryPolicy(given.RetryPolicy),
    deadLetter: given.DeadLetterConfig?.Arn,
    groupId: given.SqsParameters?.MessageGroupId,
    partitionKeyPath:
      given.KinesisParameters?.PartitionKeyPath === undefined
        ? undefined
        : readPath(String(given.KinesisParameters.PartitionKeyPath)),
    given,
  }
}

/** A text without its quotes, anything else as JSON; undefined where there is nothing. */
function textAt(event: BusEvent, path: Path): string | undefined {
  const json = rawAt(eventText(event), path)
  if (json === undefined || json === "null") return undefined
  return json.startsWith('"') ? JSON.parse(json) : json
}

/** What goes to the target for an event; as its role, or as EventBridge on behalf of the rule. */
export function parcelOf(
  target: Target,
  event: BusEvent,
  rule: { arn: string; name: string },
  now: number,
  trace: string | undefined,
): Parcel {
  const { arn, roleArn, groupId, partitionKeyPath } = target
  const text = target.transform(event, rule, now)
  // Without a path the key is the event's id: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html
  const partitionKey = (partitionKeyPath && textAt(event, partitionKeyPath)) ?? event.id
  const isBus = carrierOf(arn) === "events"
  return {
    arn,
    text: isBus ? event.detail : text,
    as: roleArn === undefined ? { service: "events.amazonaws.com", sourceArn: rule.arn } : { role: roleArn },
    groupId,
    partitionKey,
    trace,
    ...(isBus && { source: event.source, detailType: event["detail-type"], resources: event.resources }),
  }
}
