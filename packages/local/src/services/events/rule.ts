import { randomUUID } from "node:crypto"
import type { Cloud, Resource } from "../../service.ts"
import { readSchedule, type Schedule } from "./schedule.ts"

interface Target {
  arn: string
  /** JSON text that replaces the event. */
  input?: string
}

/** A scheduled rule with functions as targets. */
export class Rule {
  readonly name: string
  readonly arn: string
  readonly enabled: boolean
  fired = 0
  next: number | undefined
  private readonly schedule: Schedule
  private readonly targets: Target[]

  constructor(
    { identity, properties, logicalId }: Resource,
    private readonly createdAt: number,
  ) {
    this.name = identity.ref
    this.arn = identity.arn!
    this.enabled = properties.State !== "DISABLED"
    this.schedule = readSchedule(String(properties.ScheduleExpression))
    this.targets = (properties.Targets ?? []).map((target: Record<string, unknown>) => {
      const more = Object.keys(target).filter((key) => !["Id", "Arn", "Input", "RetryPolicy", "DeadLetterConfig"].includes(key))
      if (more.length > 0 || !String(target.Arn).includes(":lambda:"))
        throw new Error(
          `NOT_SIMULATED: AWS::Events::Rule.Targets.${more[0] ?? "Arn"} of ${logicalId}: targets are functions with an optional Input.`,
        )
      return { arn: String(target.Arn), input: target.Input as string | undefined }
    })
    this.next = this.schedule(createdAt, createdAt)
  }

  /** Fires once when its time has come; times that a moved clock jumped over count as one. */
  check(cloud: Cloud, invoke: (arn: string, event: string) => void): void {
    const now = cloud.now()
    if (!this.enabled || this.next === undefined || now < this.next) return
    const event = JSON.stringify(this.event(cloud, this.next))
    this.next = this.schedule(now, this.createdAt)
    this.fired++
    for (const { arn, input } of this.targets) {
      if (this.mayInvoke(cloud, arn)) invoke(arn, input ?? event)
      else
        cloud.log(
          "events",
          `no AWS::Lambda::Permission lets events.amazonaws.com invoke ${arn} for ${this.arn}: add one to the stack`,
        )
    }
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html */
  private event({ account, region }: Cloud, time: number) {
    return {
      version: "0",
      id: randomUUID(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account,
      time: new Date(time).toISOString().replace(/\.\d+Z$/, "Z"),
      region,
      resources: [this.arn],
      detail: {},
    }
  }

  private mayInvoke(cloud: Cloud, functionArn: string): boolean {
    return cloud.resources("AWS::Lambda::Permission").some(({ properties: p }) => {
      const isFunction = p.FunctionName === functionArn || functionArn.endsWith(`:function:${String(p.FunctionName)}`)
      return isFunction && p.Principal === "events.amazonaws.com" && (p.SourceArn === undefined || p.SourceArn === this.arn)
    })
  }
}
