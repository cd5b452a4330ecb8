import { expect, test, vi } from "vitest"
import type { Entry } from "./reader.ts"
import { tellings } from "./told.ts"

const LOG: Entry[] = Array.from({ length: 30 }, (_, index) => ({
  seq: index + 1,
  user: `u${index % 3}`,
  clientId: `c-${index % 3}-${1 + Math.floor(index / 3)}`,
  n: 1 + Math.floor(index / 3),
}))
const ACKS = LOG.map(({ seq, user, clientId }) => ({ seq, user, clientId }))
const right = { wrong: 0, missing: 0, doubled: 0, swapped: 0 }

const judged = (told: readonly Entry[], log = LOG, acks = ACKS) => {
  vi.spyOn(console, "error").mockReturnValue(undefined)
  return tellings([LOG, told, LOG], log, acks)
}

test("who was told everything once and in order is right", () => {
  expect(judged(LOG)).toEqual(right)
})

test("a message that was not told, told twice or told too late is caught at every place, and named", () => {
  for (let at = 0; at < LOG.length; at++) {
    expect(judged(LOG.toSpliced(at, 1))).toEqual({ ...right, wrong: 1, missing: 1 })
    expect(judged(LOG.toSpliced(at, 0, LOG[at]!))).toEqual({ ...right, wrong: 1, doubled: 1 })
    if (at > 0) expect(judged(LOG.with(at, LOG[at - 1]!).with(at - 1, LOG[at]!))).toEqual({ ...right, wrong: 1, swapped: 1 })
  }
})

test("a message that is told again at the end, as after a new connection, is caught", () => {
  for (const again of LOG.slice(0, -1)) expect(judged([...LOG, again])).toEqual({ ...right, wrong: 1, doubled: 1, swapped: 1 })
})

test("a text of somebody else under a number is caught", () => {
  expect(judged(LOG.with(4, { ...LOG[4]!, clientId: "c-9-1" }))).toEqual({ ...right, wrong: 1 })
})

test("everybody is wrong where the log lacks what its sender was told, or has it twice", () => {
  expect(judged(LOG, LOG.slice(0, -1)).wrong).toBe(3)
  expect(judged(LOG, [...LOG, { ...LOG[0]!, seq: 31 }]).wrong).toBe(3)
  expect(judged(LOG, LOG, ACKS.with(0, { ...ACKS[0]!, seq: 2 })).wrong).toBe(3)
})
