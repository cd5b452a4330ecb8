import { setTimeout as sleep } from "node:timers/promises"
import { CancelStatementCommand, DescribeStatementCommand } from "@aws-sdk/client-redshift-data"
import { redshift } from "../sdk.ts"
import { backOff } from "../pause.ts"
import { AppError } from "../error.ts"
import { log } from "../logger.ts"
import { answered, failureOf, queryTimeout } from "./failure.ts"

/** Pauses before each Describe, milliseconds: quick for short queries, and fewer than 20 calls in half a minute. */
const PAUSES = [50, 100, 150, 250, 400, 600, 1_000, 1_500] as const
const LONGEST_PAUSE = 2_500
/** Up to a quarter longer, so that many waiters do not ask in step. */
export function pauseBefore(attempt: number): number {
  const pause = PAUSES[attempt] ?? LONGEST_PAUSE
  return pause + backOff(1, pause / 4)
}

/** Longest server-side wait we ask for; the API allows 30 s and an HTTP integration no more than that in all. */
const LONGEST_WAIT_S = 25
/** Seconds the server may hold the first answer back, or undefined when there is no time for it. */
export function waitSeconds(leftMs: number): number | undefined {
  const seconds = Math.min(LONGEST_WAIT_S, Math.floor(leftMs / 1_000))
  return seconds >= 1 ? seconds : undefined
}

const describe = (id: string) => answered(redshift().send(new DescribeStatementCommand({ Id: id })))

/** What Describe answers, or nothing where it was throttled: the statement runs on regardless, and the next pause is longer. */
async function look(id: string): Promise<{ Status?: string; Error?: string } | undefined> {
  try {
    return await describe(id)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.kind === "limit") return undefined
    throw thrown
  }
}

const isOver = (status: string | undefined): status is string =>
  status === "FINISHED" || status === "FAILED" || status === "ABORTED"

/** A statement goes on after its caller is gone, and it holds locks and costs money: so it is cancelled, whatever that call answers. */
async function cancel(id: string): Promise<void> {
  try {
    await redshift().send(new CancelStatementCommand({ Id: id }))
  } catch (error) {
    log.warn("statement was not cancelled", { statementId: id, error })
  }
}

/**
 * Returns when the statement is FINISHED; throws its failure, or `unavailable.query_timeout` when `leftMs` runs out.
 * `onTimeout: "leave"` lets it run on: for a load, whose next delivery finds it by its ClientToken.
 */
export async function finished(
  statement: { id: string; status: string | undefined },
  options: { leftMs(): number; onTimeout: "cancel" | "leave" },
): Promise<void> {
  let { status } = statement
  let text: string | undefined
  let described = false
  for (let attempt = 0; !isOver(status); attempt += 1) {
    const pause = pauseBefore(attempt)
    if (options.leftMs() < pause) {
      if (options.onTimeout === "cancel") await cancel(statement.id)
      throw queryTimeout()
    }
    await sleep(pause)
    const answer = await look(statement.id)
    if (!answer) continue
    status = answer.Status
    text = answer.Error
    described = true
  }
  if (status === "FINISHED") return
  if (!described) text = (await describe(statement.id)).Error
  throw failureOf(status, text, statement.id)
}
