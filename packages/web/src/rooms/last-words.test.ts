import { ASSISTANT_ID } from "@backline/client"
import { expect, test } from "vitest"
import { lastWords } from "./last-words.ts"

test("the assistant's Markdown is read without its signs, and what people wrote as they wrote it", () => {
  const text = "**Carnegie Hall** sold `12` in a_b"
  expect(lastWords({ user: { id: ASSISTANT_ID }, text })).toBe("Carnegie Hall sold 12 in a_b")
  expect(lastWords({ user: { id: "usr_1" }, text })).toBe(text)
})
