import { compilePattern, type Pattern, RULE } from "../../pattern/index.ts"
import { readSchedule, type Schedule } from "../../schedule/expression.ts"
import { readTarget, type Target } from "./target.ts"

export interface RuleRecord {
  name: string
  arn: string
  busArn: string
  pattern?: unknown
  schedule?: string
  enabled: boolean
  description?: string
  roleArn?: string
}

const MAX_PATTERN = 4_096

/** A rule: what it waits for, and where that goes. */
export class Rule {
  readonly pattern: Pattern | undefined
  readonly schedule: Schedule | undefined
  readonly targets = new Map<string, Target>()
  matched = 0
  /** Epoch milliseconds at which a schedule fires next. */
  next: number | undefined
  callOff: () => void = () => {}

  /** Throws PatternError for a pattern, and an error by name for a schedule, that AWS or this bus does not know. */
  constructor(
    readonly record: RuleRecord,
    readonly createdAt: number,
  ) {
    if (record.pattern !== undefined) {
      if (JSON.stringify(record.pattern).length > MAX_PATTERN)
        throw new Error(`The event pattern of ${record.name} has more than ${MAX_PATTERN} characters.`)
      this.pattern = compilePattern(record.pattern, RULE)
    }
    if (record.schedule !== undefined) this.schedule = readSchedule(record.schedule)
    if (!this.pattern && !this.schedule)
      throw new Error(`Rule ${record.name} has neither an EventPattern nor a ScheduleExpression.`)
  }

  get name(): string {
    return this.record.name
  }

  get arn(): string {
    return this.record.arn
  }

  /** Sets targets by id; the others stay. */
  aim(targets: readonly unknown[]): void {
    const read = targets.map((each) => readTarget(each, this.name))
    for (const target of read) this.targets.set(target.id, target)
  }
}
