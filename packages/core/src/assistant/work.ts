import * as z from "zod"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError, toAppError } from "../error.ts"
import { fn } from "../fn.ts"
import { IdOf } from "../id.ts"
import { log, metric } from "../logger.ts"
import { INTERRUPTED } from "../run/abandoned.ts"
import { coalesce } from "../run/coalesce.ts"
import type { Terminal } from "../run/event.ts"
import { type Lease, LeaseLost, take } from "../run/lease.ts"
import { watch } from "../run/watch.ts"
import { tellAudience } from "../room/assistant/index.ts"
import { answer } from "./answer.ts"
import { before, toModel } from "./history.ts"
import { TOTAL_MS } from "./limits.ts"
import { converse } from "./model.ts"
import { Transcript } from "./transcript.ts"

/** Twice the model is asked; every later delivery only says that it did not work. */
const ATTEMPTS = 3

const timedOut = () =>
  new AppError("unavailable", "unavailable.timeout", "The answer took too long and is incomplete. Ask for less at once.")

/** What ends the run, seen from what ended the answer. */
function terminalOf(thrown: unknown): Terminal {
  if (thrown === "stopped") return { kind: "stopped" }
  const error = toAppError(thrown)
  if (error.kind === "internal") log.error("run failed", { error: thrown })
  const { code, message, retryAfterMs, fields = {} } = error
  const { reason, stopReason } = fields as { reason?: string; stopReason?: string }
  return { kind: "error", code, message, reason, stopReason, retryAfterMs }
}

/** What is under way when an answer ends early is waited for before the handler returns: nothing runs on after that. */
type UnderWay = Promise<unknown>[]

async function produce(lease: Lease, transcript: Transcript, controller: AbortController, underWay: UnderWay): Promise<Terminal> {
  const { run } = lease
  if (lease.offset > 0) await transcript.recall()
  if (run.stopRequested) return { kind: "stopped" }
  if (run.attempt >= ATTEMPTS) return INTERRUPTED
  /** Of an answer that cannot be stored any further nobody needs more. */
  const text = coalesce((piece) =>
    transcript.text(piece).catch((error: unknown) => {
      controller.abort(error)
      throw error
    }),
  )
  const started = performance.now()
  const deadline = setTimeout(() => controller.abort(timedOut()), TOTAL_MS)
  const unwatch = watch(lease, controller)
  let failure: { thrown: unknown } | undefined
  try {
    if (lease.offset > 0) await transcript.reset()
    const messages = toModel(await before(run.conversationId, run.questionId))
    await answer({
      modelId: config("MODEL_ID"),
      messages,
      today: new Date(now()).toISOString().slice(0, 10),
      signal: controller.signal,
      remainingMs: () => TOTAL_MS - (performance.now() - started),
      onText: (delta) => text.push(delta),
      // A tool is shown after the words that announced it.
      onEvent: async (event) => {
        await text.drain()
        await transcript.event(event)
      },
      onTool: (tool) => underWay.push(tool),
      converse,
    })
  } catch (thrown) {
    failure = { thrown }
  } finally {
    clearTimeout(deadline)
    await unwatch()
  }
  if (failure?.thrown instanceof LeaseLost) throw failure.thrown
  await text.drain().catch((thrown: unknown) => {
    failure ??= { thrown }
    if (thrown instanceof LeaseLost) throw thrown
  })
  return failure ? terminalOf(failure.thrown) : { kind: "done", messageId: run.messageId }
}

/**
 * Answers a queued run and writes it to its end: log first, sockets after. A delivery that finds the run over, or written by another one,
 * does nothing. Throws only where not even the end could be stored; the queue then delivers again once the lease has run out.
 */
export const work = fn(
  () => z.object({ runId: IdOf("run") }),
  async ({ runId }) => {
    const lease = await take(runId)
    if (!lease) return log.info("run was left alone", { runId })
    const controller = new AbortController()
    const transcript = new Transcript(lease, tellAudience)
    const underWay: UnderWay = []
    try {
      const terminal = await transcript.end(await produce(lease, transcript, controller, underWay))
      metric({ Runs: 1, [`Runs${terminal.kind[0]!.toUpperCase()}${terminal.kind.slice(1)}`]: 1 })
      log.info("run ended", {
        runId,
        state: terminal.kind,
        code: terminal.kind === "error" ? terminal.code : undefined,
        events: lease.offset,
      })
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      log.warn("run was lost to another delivery", { runId })
    } finally {
      await Promise.allSettled(underWay)
      await transcript.drain()
    }
  },
)
