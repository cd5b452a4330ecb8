import { join } from "node:path"
import { Outbox, type Promised } from "../../delivery/outbox.ts"
import { patience, pauseMs } from "../../delivery/policy.ts"
import { repeat } from "../../delivery/repeat.ts"
import { send } from "../../delivery/send.ts"
import type { Cloud } from "../../service.ts"
import type { Buses } from "./bus.ts"
import { type BusEvent, eventText, matchable } from "./event.ts"
import type { Rule } from "./rule.ts"
import { parcelOf, type Target } from "./target.ts"

interface Delivery {
  rule: string
  target: string
  event: BusEvent
  trace?: string
}

/** Matches events with rules and brings them to targets, each on its own. */
export class Router {
  private readonly outbox: Outbox<Delivery>

  constructor(
    private readonly buses: Buses,
    private readonly cloud: () => Cloud,
  ) {
    this.outbox = new Outbox<Delivery>({
      now: () => cloud().now(),
      run: (promised, signal) => this.deliver(promised, signal),
      // Order counts within the message group that a target of a FIFO queue names.
      laneOf: ({ rule, target }) => (this.targetOf(rule, target)?.groupId === undefined ? undefined : `${rule}\n${target}`),
      lost: ({ work }, error) =>
        cloud().log("events", `an event of ${work.rule} for target ${work.target} was lost: ${String(error)}`),
    })
  }

  open(folder: string | undefined): void {
    this.outbox.open(folder === undefined ? undefined : join(folder, "events", "deliveries.jsonl"))
  }

  resume(): void {
    this.outbox.resume()
  }

  stop(): void {
    this.outbox.stop()
  }

  get waiting(): number {
    return this.outbox.waiting
  }

  /** Accepts an event on a bus. */
  put(bus: string, event: BusEvent, trace?: string): void {
    const seen = matchable(event)
    for (const rule of this.buses.rules(bus).values())
      if (rule.record.enabled && rule.pattern?.matches(seen)) this.fire(rule, event, trace)
  }

  /** Brings an event to all targets of a rule. */
  fire(rule: Rule, event: BusEvent, trace?: string): void {
    rule.matched++
    for (const target of rule.targets.keys()) this.outbox.add({ rule: rule.arn, target, event, trace })
  }

  private targetOf(rule: string, id: string): Target | undefined {
    return this.buses.find(rule)?.targets.get(id)
  }

  private async deliver({ work, at }: Promised<Delivery>, signal: AbortSignal): Promise<void> {
    const cloud = this.cloud()
    const rule = this.buses.find(work.rule)
    const target = this.targetOf(work.rule, work.target)
    if (!rule || !target) return // Removed meanwhile.
    const parcel = parcelOf(target, work.event, rule, cloud.now(), work.trace)
    const waiting = patience(target.retry, cloud, at)
    const repeated = await repeat(cloud, signal, () => send(cloud, parcel), waiting.pauseMs)
    if (!repeated || repeated.last.ok) return
    await this.bury(rule, target, work, { ...repeated.last, attempts: repeated.attempts, exhausted: waiting.exhausted }, signal)
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
  private async bury(
    rule: Rule,
    target: Target,
    work: Delivery,
    failure: { code: string; message: string; attempts: number; exhausted?: string },
    signal: AbortSignal,
  ): Promise<void> {
    const cloud = this.cloud()
    const what = `${rule.name}: event ${work.event.id} (${work.event["detail-type"]}) did not reach ${target.arn}: ${failure.code}: ${failure.message}`
    if (target.deadLetter === undefined)
      return cloud.log("events", `${what}. It is gone: give the target a DeadLetterConfig to keep such events.`)
    const text = (StringValue: string) => ({ DataType: "String", StringValue })
    const attributes = {
      RULE_ARN: text(rule.arn),
      TARGET_ARN: text(target.arn),
      ERROR_CODE: text(failure.code),
      ERROR_MESSAGE: text(failure.message.slice(0, 1_024) || failure.code),
      RETRY_ATTEMPTS: { DataType: "Number", StringValue: String(failure.attempts - 1) },
      ...(failure.exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: text(failure.exhausted) }),
    }
    const as = { service: "events.amazonaws.com", sourceArn: rule.arn }
    const parcel = { arn: target.deadLetter, text: eventText(work.event), as, attributes }
    const buried = await repeat(cloud, signal, () => send(cloud, parcel), pauseMs)
    if (buried && !buried.last.ok)
      cloud.log(
        "events",
        `${what}. Its dead-letter queue ${target.deadLetter} refused it too: ${buried.last.code}: ${buried.last.message}`,
      )
  }
}
