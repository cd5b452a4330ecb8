import { readRetryPolicy, type RetryPolicy } from "../../delivery/policy.ts"
import { carrierOf, type Parcel } from "../../delivery/send.ts"
import type { Place, Resource } from "../../service.ts"
import { readWhen, type When } from "./when.ts"

/** One firing of a schedule. */
export interface Execution {
  schedule: string
  /** Execution id. */
  id: string
  /** Epoch milliseconds at which it was due. */
  due: number
}

/** Seconds, as Scheduler writes times. */
export const isoSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z")

const timeOf = (value: unknown): number | undefined => (value === undefined ? undefined : Date.parse(String(value)))

/** A schedule of the templates; throws by name for what is not simulated. */
export class Schedule {
  readonly arn: string
  readonly enabled: boolean
  readonly when: When
  readonly targetArn: string
  readonly roleArn: string
  readonly retry: RetryPolicy
  readonly deadLetter: string | undefined
  fired = 0
  next: number | undefined
  callOff: () => void = () => {}
  private readonly target: any

  constructor({ identity, properties: p, logicalId }: Resource, createdAt: number) {
    const refuse = (what: string, why: string): never => {
      throw new Error(`NOT_SIMULATED: AWS::Scheduler::Schedule.${what} of ${logicalId}: ${why}`)
    }
    this.arn = identity.arn!
    this.enabled = p.State !== "DISABLED"
    this.target = p.Target
    this.targetArn = String(p.Target.Arn)
    this.roleArn = String(p.Target.RoleArn)
    this.retry = readRetryPolicy(p.Target.RetryPolicy)
    this.deadLetter = p.Target.DeadLetterConfig?.Arn
    if (p.FlexibleTimeWindow?.Mode !== "OFF") refuse("FlexibleTimeWindow", "schedules fire on time; use Mode OFF.")
    if (carrierOf(this.targetArn) === undefined)
      refuse("Target.Arn", `${this.targetArn}: targets are functions, queues, topics, streams, buses and log groups.`)
    this.when = readWhen({
      expression: String(p.ScheduleExpression),
      zone: p.ScheduleExpressionTimezone ?? "UTC",
      createdAt,
      startAt: timeOf(p.StartDate),
      endAt: timeOf(p.EndDate),
    })
  }

  /** What goes to the target: its Input with what Scheduler knows filled in, or a notification. */
  parcel({ id, due }: Execution, attempt: number, { account, region }: Place): Parcel {
    const { Input, SqsParameters, KinesisParameters, EventBridgeParameters } = this.target
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    const known: Record<string, string> = {
      "schedule-arn": this.arn,
      "scheduled-time": isoSeconds(due),
      "execution-id": id,
      "attempt-number": String(attempt),
    }
    const notification = {
      version: "0",
      id,
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      account,
      time: isoSeconds(due),
      region,
      resources: [this.arn],
      detail: "{}",
    }
    return {
      arn: this.targetArn,
      as: { role: this.roleArn },
      text:
        Input === undefined
          ? JSON.stringify(notification)
          : String(Input).replaceAll(/<aws\.scheduler\.([\w-]+)>/g, (whole, name: string) => known[name] ?? whole),
      groupId: SqsParameters?.MessageGroupId,
      partitionKey: KinesisParameters?.PartitionKey,
      source: EventBridgeParameters?.Source,
      detailType: EventBridgeParameters?.DetailType,
    }
  }
}
