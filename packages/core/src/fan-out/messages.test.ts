import * as fc from "fast-check"
import { expect, it } from "vitest"
import { MAX_MESSAGE_BYTES, messagesOf } from "./messages.ts"

it("packs frames in order into as few messages as fit 128 KB", () => {
  const frame = fc
    .tuple(fc.integer({ min: 0, max: 70_000 }), fc.constantFrom("x", "é", "😀"))
    .map(([length, unit]) => JSON.stringify({ type: "t", text: unit.repeat(length / Buffer.byteLength(unit)) }))
  const property = fc.property(fc.array(frame, { minLength: 1, maxLength: 12 }), (frames) => {
    const messages = messagesOf(frames)
    expect(messages.flatMap((message) => JSON.parse(message))).toEqual(frames.map((text) => JSON.parse(text)))
    for (const message of messages) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
    /** Two neighbours would not have fitted together. */
    for (let i = 0; i + 1 < messages.length; i++)
      expect(Buffer.byteLength(messages[i]!) + Buffer.byteLength(messages[i + 1]!) + 1).toBeGreaterThan(MAX_MESSAGE_BYTES)
  })
  fc.assert(property, { numRuns: 60 })
})

it("leaves a single frame as it is, and one that is too large to its own message", () => {
  expect(messagesOf(['{"a":1}'])).toEqual(['{"a":1}'])
  expect(messagesOf(['{"a":1}', '{"b":2}'])).toEqual(['[{"a":1},{"b":2}]'])
})
