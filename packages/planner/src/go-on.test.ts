import { expect, test } from "vitest"
import type { ConverseRequest, Message } from "@backline/cloud/services/bedrock/request"
import { planner } from "./index.ts"

const user = (text: string): Message => ({ role: "user", content: [{ text }] })
const said = (text: string): Message => ({ role: "assistant", content: [{ text }] })

async function answerTo(...messages: Message[]): Promise<string> {
  let text = ""
  const request: ConverseRequest = { messages }
  for await (const piece of planner({ pauseMs: 0 }).answer(request, new AbortController().signal))
    if (piece.type === "text") text += piece.text
  return text
}

test.each(["Go on where your answer broke off.", "continue", "Please carry on", "weiter"])(
  "a half answer and what follows it after %j are the whole answer",
  async (goOn) => {
    const whole = await answerTo(user("hello"))
    expect(whole.length).toBeGreaterThan(60)
    for (const length of [1, 20, 55]) {
      const half = whole.slice(0, length).trimEnd()
      const following = await answerTo(user("hello"), said(half), user(goOn))
      expect(`${half}${following}`.replace(/\s+/g, "")).toBe(whole.replace(/\s+/g, ""))
    }
  },
)

test("what broke off twice is gone on with twice", async () => {
  const whole = await answerTo(user("hello"))
  const first = whole.indexOf(" ", 20)
  const [one, two] = [whole.slice(0, first), whole.slice(first, first + 20).trim()]
  const following = await answerTo(user("hello"), said(one), user("go on"), said(two), user("go on"))
  expect(`${one}${two}${following}`.replace(/\s+/g, "")).toBe(whole.replace(/\s+/g, ""))
})

test("after a whole answer nothing is left, and a question that only begins that way is a question", async () => {
  const whole = await answerTo(user("hello"))
  expect(await answerTo(user("hello"), said(whole), user("go on"))).toBe("That was the whole answer.")
  expect(await answerTo(user("hello"), said("Hel"), user("Go on, which concerts are there?"))).not.toBe(whole.slice(3))
})
