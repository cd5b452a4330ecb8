import fc from "fast-check"
import { expect, test } from "vitest"
import { toModel } from "./history.ts"
import { HISTORY_CHARACTERS } from "./limits.ts"
import { priceMicroUsd } from "./price.ts"

const Message = fc.record({
  role: fc.constantFrom("user" as const, "assistant" as const),
  text: fc.oneof(fc.string(), fc.constant(" "), fc.string({ minLength: 5_000, maxLength: 9_000 })),
})

test("whatever was said before, the model gets alternating turns from the user, no blank text, the question at the end, and not too much", () => {
  fc.assert(
    fc.property(
      fc.array(Message, { maxLength: 30 }),
      fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
      (before, question) => {
        const turns = toModel([...before, { role: "user", text: question }])
        expect(turns[0]!.role).toBe("user")
        turns.forEach((turn, index) => expect(turn.role).toBe(index % 2 === 0 ? "user" : "assistant"))
        expect(turns.at(-1)!.content!.at(-1)!.text).toBe(question)
        const texts = turns.flatMap(({ content }) => content!.map(({ text }) => text!))
        for (const text of texts) expect(text.trim()).not.toBe("")
        expect(texts.join("").length).toBeLessThanOrEqual(HISTORY_CHARACTERS + question.length)
      },
    ),
  )
})

test("a price is tokens times the listed rate, also behind a profile; a model without one costs nothing", () => {
  expect(priceMicroUsd("amazon.nova-micro-v1:0", 1_000_000, 1_000_000)).toBe(175_000)
  expect(priceMicroUsd("eu.anthropic.claude-haiku-4-5-20251001-v1:0", 1_000, 1_000)).toBe(6_000)
  expect(priceMicroUsd("arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0", 1_000_000, 0)).toBe(60_000)
  expect(priceMicroUsd("backline.offline-planner", 1_000, 1_000)).toBe(0)
})
