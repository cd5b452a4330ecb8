import { createRunLog } from "../runs/log.ts"
import type { ChatFrame, RunLog } from "../wire.ts"
import { applyEvent, emptyView, isOver, type RunView } from "../runs/view.ts"

/** Who answers among the people of a room; the `clientId` of an answer is its run. */
export const ASSISTANT_ID = "assistant"

/** Longer than the service lets an answer take: what is silent that long was interrupted. */
const FORGET_MS = 150_000
/** Ended answers of which the receipts are worth keeping. */
const MOST_KEPT = 50

interface Answer {
  log: ReturnType<typeof createRunLog>
  view: RunView
  /** The room's log has it. */
  settled: boolean
  timer?: ReturnType<typeof setTimeout>
}

/**
 * The assistant's answers while they are written. Their frames are hints: one that is lost leaves the answer as far as it came, and
 * whoever comes in the middle sees that one is on its way; in the end the room's log has each answer as a message whose `clientId`
 * is its run.
 */
export function createAnswers(changed: () => void, read: (run: string, after: number) => Promise<RunLog>) {
  const answers = new Map<string, Answer>()
  const asked = new Set<string>()

  function forget(run: string): void {
    clearTimeout(answers.get(run)?.timer)
    if (answers.delete(run)) changed()
  }

  function keepSome(): void {
    const old = [...answers].filter(([, each]) => each.settled)
    for (const [run] of old.slice(0, Math.max(0, old.length - MOST_KEPT))) {
      answers.delete(run)
      asked.delete(run)
    }
  }

  return {
    hear({ type: _type, run, conversation: _conversation, ...event }: ChatFrame): void {
      const known = answers.get(run) ?? {
        log: createRunLog(),
        view: { ...emptyView(run), state: "running" },
        settled: false,
      }
      for (const next of known.log.accept([event])) known.view = applyEvent(known.view, next)
      clearTimeout(known.timer)
      if (!known.settled) known.timer = setTimeout(() => forget(run), FORGET_MS)
      answers.set(run, known)
      changed()
    },
    /** The room's log has a message under this id, perhaps an answer. */
    settle(clientId: string): void {
      const known = answers.get(clientId)
      if (!known) return
      clearTimeout(known.timer)
      known.settled = true
      if (!isOver(known.view.state)) known.view = { ...known.view, state: "done" }
      keepSome()
    },
    /** Fetches an answer that is in the room's log already, unless it was heard while it was written. */
    async load(run: string): Promise<void> {
      if (answers.get(run)?.view.receipts.length || asked.has(run)) return
      asked.add(run)
      try {
        const log = createRunLog()
        let view = emptyView(run)
        let page: RunLog
        do {
          page = await read(run, log.offset)
          for (const event of log.accept(page.events)) view = applyEvent(view, event)
        } while (page.next !== undefined && page.events.length > 0)
        answers.set(run, { log, view: { ...view, state: page.state }, settled: true })
        keepSome()
        changed()
      } catch (error) {
        asked.delete(run)
        throw error
      }
    },
    /** Also of an answer that has ended: its receipts are in no message. */
    of: (run: string): RunView | undefined => answers.get(run)?.view,
    get open(): readonly RunView[] {
      return [...answers.values()].filter(({ settled }) => !settled).map(({ view }) => view)
    },
    clear(): void {
      for (const { timer } of answers.values()) clearTimeout(timer)
      answers.clear()
      asked.clear()
    },
  }
}

export type Answers = ReturnType<typeof createAnswers>
