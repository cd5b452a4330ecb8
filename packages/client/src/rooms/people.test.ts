import { expect, test } from "vitest"
import { createPeople } from "./people.ts"

test("who leaves keeps when they were last seen, through a return and until a newer time is told", () => {
  const people = createPeople({ say: () => undefined, changed: () => undefined })
  const max = { id: "max", name: "Max", number: 2 }
  const seenAt = () => people.get().members.find(({ id }) => id === "max")?.seenAt
  people.here([
    { id: "ada", name: "Ada", number: 1 },
    { ...max, present: false, seenAt: 5 },
  ])
  expect([seenAt(), people.get().present.has("max")]).toEqual([5, false])
  people.presence({ joined: [max], left: [] })
  expect([seenAt(), people.get().present.has("max")]).toEqual([5, true])
  people.presence({
    joined: [],
    left: [
      { id: "max", seenAt: 9 },
      { id: "stranger", seenAt: 9 },
    ],
  })
  expect([seenAt(), people.get().present.has("max"), people.get().members.length]).toEqual([9, false, 2])
  people.presence({ joined: [], left: [{ id: "max" }] })
  expect(seenAt()).toBe(9)
})
