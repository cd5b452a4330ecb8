import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { Outbox, type Promised } from "../../delivery/outbox.ts"
import { patience, pauseMs } from "../../delivery/policy.ts"
import { repeat } from "../../delivery/repeat.ts"
import { send } from "../../delivery/send.ts"
import type { Cloud } from "../../service.ts"
import { type Execution, isoSeconds, type Schedule } from "./schedule.ts"

/** Follows schedules and brings each execution to its target as the schedule's role. */
export class Runs {
  readonly schedules = new Map<string, Schedule>()
  private readonly outbox: Outbox<Execution>

  constructor(private readonly cloud: () => Cloud) {
    this.outbox = new Outbox<Execution>({
      now: () => cloud().now(),
      run: (promised, signal) => this.execute(promised, signal),
      lost: ({ work }, error) => cloud().log("scheduler", `an execution of ${work.schedule} was lost: ${String(error)}`),
    })
  }

  open(folder: string | undefined): void {
    this.outbox.open(folder === undefined ? undefined : join(folder, "scheduler", "executions.jsonl"))
  }

  resume(): void {
    this.outbox.resume()
  }

  stop(): void {
    this.outbox.stop()
    for (const schedule of this.schedules.values()) schedule.callOff()
  }

  /** Takes a schedule in, in the place of the one with its ARN. */
  place(schedule: Schedule): void {
    this.remove(schedule.arn)
    this.schedules.set(schedule.arn, schedule)
    this.follow(schedule)
  }

  remove(arn: string): void {
    this.schedules.get(arn)?.callOff()
    this.schedules.delete(arn)
  }

  /** Times that a moved clock jumped over count as one. */
  private follow(schedule: Schedule): void {
    if (!schedule.enabled) return
    const due = schedule.when(this.cloud().now())
    schedule.next = due
    if (due === undefined) return
    schedule.callOff = this.cloud().clock.alarm(due, () => {
      schedule.fired++
      this.follow(schedule)
      const id = randomUUID()
      this.outbox.add({ schedule: schedule.arn, id, due }, id)
    })
  }

  private async execute({ work, at }: Promised<Execution>, signal: AbortSignal): Promise<void> {
    const cloud = this.cloud()
    const schedule = this.schedules.get(work.schedule)
    if (!schedule) return // Removed meanwhile.
    const waiting = patience(schedule.retry, cloud, at)
    let attempt = 0
    const repeated = await repeat(cloud, signal, () => send(cloud, schedule.parcel(work, ++attempt, cloud)), waiting.pauseMs)
    if (!repeated || repeated.last.ok) return
    const { code, message } = repeated.last
    const what = `${schedule.arn}: execution ${work.id} did not reach ${schedule.targetArn}: ${code}: ${message}`
    if (schedule.deadLetter === undefined)
      return cloud.log("scheduler", `${what}. It is gone: give the target a DeadLetterConfig to keep such executions.`)
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    const text = (StringValue: string) => ({ DataType: "String", StringValue })
    const attributes = {
      SCHEDULE_ARN: text(schedule.arn),
      TARGET_ARN: text(schedule.targetArn),
      EXECUTION_ID: text(work.id),
      SCHEDULED_TIME: text(isoSeconds(work.due)),
      ERROR_CODE: text(code),
      ERROR_MESSAGE: text(message.slice(0, 1_024) || code),
      RETRY_ATTEMPTS: { DataType: "Number", StringValue: String(repeated.attempts - 1) },
      ...(waiting.exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: text(waiting.exhausted) }),
    }
    const parcel = { arn: schedule.deadLetter, as: { role: schedule.roleArn }, attributes }
    const buried = await repeat(
      cloud,
      signal,
      () => send(cloud, { ...parcel, text: schedule.parcel(work, attempt, cloud).text }),
      pauseMs,
    )
    if (buried && !buried.last.ok)
      cloud.log(
        "scheduler",
        `${what}. Its dead-letter queue ${schedule.deadLetter} refused it too: ${buried.last.code}: ${buried.last.message}`,
      )
  }
}
