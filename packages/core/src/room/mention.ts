import type { Message } from "./read.ts"

const MENTION = /(?<![\w@.])@assistant\b/gi

/** A question has at most 4,000 characters. */
const MOST_ASKED = 4_000

/**
 * Starts a run where a message mentions `@assistant`, once for each message: it follows the message's own write, and a sender who got no answer
 * sends the same again, which starts what was not started.
 */
export async function askAssistant({ room, messageId, text }: Message): Promise<void> {
  if (text.search(MENTION) < 0) return
  const question = text.replaceAll(MENTION, "").trim().slice(0, MOST_ASKED).toWellFormed()
  if (question === "") return
  const { ask } = await import("./assistant/index.ts")
  await ask({ room, messageId }, question)
}
