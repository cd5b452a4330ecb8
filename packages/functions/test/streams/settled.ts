import * as Conversation from "@backline/core/conversation"
import * as Run from "@backline/core/run"
import { expect } from "vitest"
import { applyEvent, emptyView } from "../../../client/src/runs/view.ts"
import type { RunEvent } from "../../../client/src/wire.ts"
import { as, check, deliver, logOf, textOf, type startChat } from "../chat-world.ts"

/** What is expected of a stream: how its run ends, with which words. */
export interface Ends {
  kind: "done" | "error"
  code?: string
  reason?: string
  stopReason?: string
  retryAfterMs?: number
  text?: string | RegExp
  /** Times the model was asked. */
  calls?: number
}

export const PATIENCE_MS = 1_500
/** Three repeats with their pauses, a silence, and a busy machine. */
const WITHIN_MS = 20_000
const ITEM_BYTES = 400 * 1024
const FRAME_BYTES = 32 * 1024

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/**
 * Asks, lets the worker answer once, and compares what the four readers have: who heard the frames, who reads the log later, who reads the conversation, and
 * who is delivered the run again. Gives the log.
 */
export async function settled(
  world: Awaited<ReturnType<typeof startChat>>,
  userId: string,
  expected: Ends,
): Promise<Run.RunEvent[]> {
  world.posted.length = 0
  const { runId, conversationId, messageId } = await as(userId, () => Conversation.send({ text: "How many?" }))
  const started = performance.now()
  expect(await deliver(runId)).toEqual([])
  expect(performance.now() - started).toBeLessThan(WITHIN_MS)

  const events = await logOf(runId)
  expect(check(events)).toEqual([])
  const { kind, text, calls: _calls, ...ending } = expected
  const end = events.at(-1)!
  expect(end).toMatchObject({ kind, ...ending })
  const said = textOf(events)
  if (text instanceof RegExp) expect(said).toMatch(text)
  else if (text !== undefined) expect(said).toBe(text)
  if (end.kind === "error") expect(end.incomplete ?? false).toBe(said.trim() !== "")

  // Heard = logged. Above forty waiting frames some are left to the log.
  const frames = world.posted.map(({ body }) => JSON.parse(body))
  const logged = new Map(events.map((event) => [event.offset, JSON.parse(JSON.stringify(event))]))
  for (const { type: _type, run, conversation: _conversation, ...event } of frames) {
    expect(run).toBe(runId)
    expect(event).toEqual(logged.get(event.offset))
  }
  expect(frames.at(-1)).toMatchObject({ offset: end.offset, kind })
  for (const { body } of world.posted) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(FRAME_BYTES)

  // Stored = logged.
  const { items } = await as(userId, () => Conversation.messages({ id: conversationId }))
  const answer = items.find(({ id }) => id === messageId)!
  const view = (JSON.parse(JSON.stringify(events)) as RunEvent[]).reduce(applyEvent, emptyView(runId))
  expect(answer.text).toBe(view.text)
  expect(answer.text.isWellFormed() && !answer.text.includes("\0")).toBe(true)
  expect(answer.state).toBe(view.state)
  expect(answer.error).toEqual(view.error)
  expect(answer.incomplete).toBe(view.incomplete)
  expect(answer.usage).toEqual(view.usage)
  expect(JSON.parse(JSON.stringify((answer.tools ?? []).map(({ input: _input, ...tool }) => tool)))).toEqual(
    view.tools.map(({ input: _input, ...tool }) => tool),
  )
  expect((answer.receipts ?? []).map(({ id }) => id)).toEqual(view.receipts.map(({ id }) => id))
  expect(bytes(answer)).toBeLessThan(ITEM_BYTES)

  // Nothing changes by asking again.
  expect(await deliver(runId)).toEqual([])
  expect(await logOf(runId)).toEqual(events)
  expect((await as(userId, () => Run.events({ id: runId, after: 0 }))).state).toBe(kind)
  return events
}
