import * as fc from "fast-check"
import { expect, it } from "vitest"
import { firstThatFit, inFrame, lastThatFit } from "./fit.ts"
import type { Message } from "./read.ts"

const FRAME = 128 * 1024
const message = (seq: number, bytes: number, reactions?: Message["reactions"]): Message => ({
  room: "rom_1",
  epoch: "e",
  seq,
  messageId: `msg_${seq}`,
  clientId: `c${seq}`,
  user: { id: "ada", name: "Ada", number: 1 },
  text: "x".repeat(bytes),
  at: 1,
  ...(reactions && { reactions }),
})
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
const sizes = fc.array(fc.integer({ min: 1, max: 8 * 1024 }), { minLength: 1, maxLength: 100 })
const page = sizes.map((all) => all.map((bytes, n) => message(n + 1, bytes)))

it("keeps as many messages from either end as a frame holds, in order and never none", () => {
  fc.assert(
    fc.property(page, (messages) => {
      const [first, last] = [firstThatFit(messages), lastThatFit(messages)]
      expect(first).toEqual(messages.slice(0, first.length))
      expect(last).toEqual(messages.slice(-last.length))
      for (const kept of [first, last]) {
        expect(kept.length).toBeGreaterThan(0)
        expect(bytesOf(kept)).toBeLessThan(FRAME / 2 + 100)
      }
      if (bytesOf(messages) < FRAME / 2) expect([first, last]).toEqual([messages, messages])
    }),
    { numRuns: 60 },
  )
})

it("goes on page by page through everything, each message once", () => {
  fc.assert(
    fc.property(page, (messages) => {
      const seen: Message[] = []
      for (let before: number | undefined = messages.length + 1; before !== undefined;) {
        const last = messages.filter(({ seq }) => seq < before!)
        const shown = inFrame({ messages: last })
        seen.unshift(...shown.messages)
        before = shown.next
      }
      expect(seen).toEqual(messages)
    }),
    { numRuns: 60 },
  )
})

it("lets a message travel without who reacted where they alone would fill a frame", () => {
  const crowd = { "👍": Array.from({ length: 4_000 }, (_, n) => `person-${n}-of-a-crowd-that-claps`) }
  expect(firstThatFit([message(1, 10, crowd), message(2, 10, { "👍": ["ada"] })])).toEqual([
    message(1, 10),
    message(2, 10, { "👍": ["ada"] }),
  ])
})
