import { setTimeout as sleep } from "node:timers/promises"
import { withActor } from "@backline/core/actor"
import { toAppError } from "@backline/core/error"
import { log, withLogFields } from "@backline/core/logger"
import { withRemaining } from "@backline/core/warehouse"
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse, Context } from "aws-lambda"

/** Kept back for telling CloudFormation; without an answer a stack hangs for an hour. */
const ANSWER_MS = 10_000
const ATTEMPTS = 4
/** A response may have 4,096 bytes: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
const LONGEST_REASON = 1_000

/** The presigned URL was signed with an empty content type, so none may be sent. */
async function put(url: string, response: CloudFormationCustomResourceResponse): Promise<void> {
  const body = Buffer.from(JSON.stringify(response))
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(url, {
        method: "PUT",
        body,
        headers: { "content-type": "" },
        signal: AbortSignal.timeout(ANSWER_MS / ATTEMPTS),
      })
      if (answer.ok) return
      throw new Error(`CloudFormation's response URL answered ${answer.status}`)
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      log.warn("stack response was not taken", { attempt, error })
      await sleep(100 * attempt)
    }
  }
}

async function within<T>(ms: number, run: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const late = sleep(Math.max(0, ms), undefined, { signal: stop.signal }).then(() => {
    throw new Error(`It did not finish within ${Math.round(ms / 1000)} s. Deploy again: what is done stays done.`)
  })
  late.catch(() => undefined) // settled by the abort below
  try {
    return await Promise.race([run(), late])
  } finally {
    stop.abort()
  }
}

/** What an operator reads in the stack's events: our own sentence, and below it what caused it. */
function reasonOf(thrown: unknown): string {
  const error = toAppError(thrown)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ""
  return `${error.message}${cause}`.slice(0, LONGEST_REASON)
}

/**
 * Adapts a custom resource to one verb, which runs on Create and Update; Delete leaves everything as it is. Always answers CloudFormation,
 * failures with their reason. The physical id never changes, or CloudFormation would delete the "old" resource.
 */
export const onStackEvent =
  (name: string, run: () => Promise<Record<string, string>>) =>
  async (event: CloudFormationCustomResourceEvent, context: Context): Promise<void> => {
    const { StackId, RequestId, LogicalResourceId } = event
    const PhysicalResourceId = "PhysicalResourceId" in event ? event.PhysicalResourceId : name
    const identity = { StackId, RequestId, LogicalResourceId, PhysicalResourceId }
    const leftMs = (): number => context.getRemainingTimeInMillis() - ANSWER_MS
    await withLogFields({ requestType: event.RequestType, stackRequestId: RequestId }, async () => {
      let response: CloudFormationCustomResourceResponse
      try {
        const work = () => withActor({ type: "system" }, () => withRemaining(leftMs, run))
        const Data = event.RequestType === "Delete" ? {} : await within(leftMs(), work)
        response = { ...identity, Status: "SUCCESS", Data }
      } catch (error) {
        log.error("stack event failed", { error })
        response = { ...identity, Status: "FAILED", Reason: reasonOf(error) }
      }
      await put(event.ResponseURL, response)
    })
  }
