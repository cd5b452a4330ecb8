import { AwsError } from "../service.ts"
import type { FunctionSpec } from "./function.ts"

/** Per account and Region: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
const ACCOUNT_LIMIT = 1_000

const throttled = (reason: string) =>
  new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, { Reason: reason, Type: "User", retryAfterSeconds: "1" })

/** Counts invocations under way against Lambda's limits, waiting ones included. */
export class Concurrency {
  private readonly running = new Map<string, number>()
  private unreserved = 0

  constructor(private readonly functions: () => FunctionSpec[]) {}

  /** Counts one invocation in, or throws TooManyRequestsException. */
  enter({ name, reserved }: FunctionSpec): void {
    const mine = this.running.get(name) ?? 0
    if (reserved !== undefined) {
      if (mine >= reserved) throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
    } else {
      if (this.unreserved >= ACCOUNT_LIMIT - this.reservedTotal()) throw throttled("ConcurrentInvocationLimitExceeded")
      this.unreserved++
    }
    this.running.set(name, mine + 1)
  }

  leave({ name, reserved }: FunctionSpec): void {
    if (reserved === undefined) this.unreserved--
    this.running.set(name, this.running.get(name)! - 1)
  }

  /** Invocations under way by function. */
  state(): Record<string, number> {
    return Object.fromEntries([...this.running].filter(([, count]) => count > 0))
  }

  private reservedTotal(): number {
    return this.functions().reduce((sum, { reserved }) => sum + (reserved ?? 0), 0)
  }
}
