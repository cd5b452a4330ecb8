import type { Model } from "../request.ts"

/** A model that says again what it was told last, word by word. */
export const echo: Model = {
  name: "echo",
  async *answer({ messages }) {
    const words = (messages.at(-1)?.content ?? []).flatMap(({ text }) => text?.split(/(?<=\s)/) ?? [])
    for (const text of words) yield { type: "text", text }
    yield { type: "stop", reason: "end_turn" }
    yield { type: "usage", inputTokens: words.length, outputTokens: words.length }
  },
}
