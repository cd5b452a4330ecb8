import { setTimeout as sleep } from "node:timers/promises"
import type { Answer } from "../conversation/table.ts"
import { AppError } from "../error.ts"
import { log } from "../logger.ts"
import { backOff } from "../pause.ts"
import type { EventBody, RunEvent, Terminal } from "../run/event.ts"
import { append, finish, type Lease, LeaseLost } from "../run/lease.ts"
import { outbox } from "../run/outbox.ts"
import { Said } from "../run/said.ts"
import { storable } from "../run/storable.ts"
import { ENDING_MS } from "./limits.ts"

const FIRST_PAUSE_MS = 400

/** The log takes no more of this answer. Its end is tried all the same. */
const unwritten = (cause: unknown) =>
  new AppError(
    "unavailable",
    "unavailable.table",
    "The answer could not be stored any further and ends here. Ask again in a moment.",
    {
      cause,
    },
  )

const isDenied = (error: unknown): boolean => error instanceof Error && error.name.startsWith("AccessDenied")

/** What must fit wherever the log took the text: the rest of the answer is in the log. */
const bare = ({ text, state, error, incomplete }: Answer): Answer => ({
  text,
  state,
  ...(error && { error }),
  ...(incomplete && { incomplete }),
})

/** Writes a run's events one after the other, first to the log, then to the owner's sockets, and keeps what the answer will be stored with. */
export class Transcript {
  private said = new Said()
  private readonly posts: ReturnType<typeof outbox>
  private chain: Promise<unknown> = Promise.resolve()
  /** Nothing comes after the end, also where a tool has not heard of it yet. */
  private over = false

  constructor(
    private readonly lease: Lease,
    post: (userId: string, frame: object) => Promise<unknown>,
  ) {
    this.posts = outbox(lease.run, post)
  }

  /** Reads what an attempt before this one has said. */
  async recall(): Promise<void> {
    this.said = await Said.before(this.lease.run.runId, this.lease.offset)
  }

  private tell(event: RunEvent): void {
    this.said.take(event)
    this.posts.send(event)
  }

  /** Tools run side by side; their events still get one offset after the other. Throws LeaseLost, else `unavailable.table`. */
  private write(body: EventBody): Promise<void> {
    const written = this.chain.then(async () => {
      if (this.over) throw new LeaseLost()
      try {
        this.tell(await append(this.lease, body))
      } catch (error) {
        if (error instanceof LeaseLost) throw error
        log.error("event was not stored", { runId: this.lease.run.runId, kind: body.kind, error })
        throw unwritten(error)
      }
    })
    this.chain = written.catch(() => undefined)
    return written
  }

  text = (text: string): Promise<void> => this.write({ kind: "text", text })

  /** The attempt before this one left text: readers forget it. */
  reset = (): Promise<void> => this.write({ kind: "text", text: "", reset: true })

  event = (body: Exclude<EventBody, { kind: "text" } | Terminal>): Promise<void> => this.write(body)

  /**
   * Ends the run. A table that does not take it is asked again for some seconds, first with less; then this throws, and the queue delivers the run again:
   * that attempt only ends it. What a role denies is not asked twice.
   */
  async end(terminal: Terminal): Promise<Terminal> {
    await this.chain
    this.over = true
    const end = storable(this.said.ends(terminal))
    const answer = this.said.answer(end)
    const started = performance.now()
    for (let attempt = 0; ; attempt++) {
      try {
        this.posts.send(await finish(this.lease, end, attempt === 0 ? answer : bare(answer)))
        return end
      } catch (error) {
        const pause = backOff(attempt + 1, FIRST_PAUSE_MS)
        const left = ENDING_MS - (performance.now() - started)
        if (error instanceof LeaseLost || isDenied(error) || left < pause) throw error
        log.warn("end was not stored", { runId: this.lease.run.runId, attempt, error })
        await sleep(pause)
      }
    }
  }

  drain = (): Promise<void> => this.posts.drain()
}
