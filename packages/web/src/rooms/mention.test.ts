import { expect, test } from "vitest"
import { candidatesFor, mentionAt } from "./mention.ts"

test("a mention is what follows an @ up to the caret", () => {
  expect(mentionAt("hi @ass", 7)).toEqual({ from: 3, typed: "ass" })
  expect(mentionAt("@", 1)).toEqual({ from: 0, typed: "" })
  expect(mentionAt("hi @ass and more", 7)).toEqual({ from: 3, typed: "ass" })
  for (const text of ["mail@host", "hi @ass ", "hi"]) expect(mentionAt(text, text.length)).toBeUndefined()
})

test("the assistant and others in the room are offered, not oneself", () => {
  const members = [
    { id: "u1", name: "Ada", number: 1 },
    { id: "u2", name: "Anna", number: 2 },
  ]
  expect(candidatesFor("a", members, "u1").map(({ insert }) => insert)).toEqual(["assistant", "Anna"])
  expect(candidatesFor("an", members, "u1").map(({ insert }) => insert)).toEqual(["Anna"])
})
