import { PRICES } from "./prices.ts"

const MINIMUM_MS = PRICES.redshift.minimumSeconds * 1000

/**
 * The seconds for which a serverless warehouse is billed: while statements run, and never less than 60 seconds from waking up.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-billing.html
 */
export class WakeUps {
  /** Until when the present wake-up is billed. */
  private billedUntil = -Infinity

  /** A statement begins: the seconds it adds to the bill, none while the warehouse is awake. */
  begin(at: number): number {
    if (at <= this.billedUntil) return 0
    this.billedUntil = at + MINIMUM_MS
    return MINIMUM_MS / 1000
  }

  /** A statement is over: the seconds that it ran beyond what is billed, or will be once its own call is counted. */
  end(from: number, to: number): number {
    const isAwake = from <= this.billedUntil
    const added = isAwake ? to - this.billedUntil : to - from
    if (added <= 0 || (!isAwake && added <= MINIMUM_MS)) return 0
    this.billedUntil = to
    return added / 1000
  }
}
