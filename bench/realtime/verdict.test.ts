import { expect, test, vi } from "vitest"
import { Latencies } from "./latencies.ts"
import { type Entry, Reader, type Talker } from "./reader.ts"
import { verdict } from "./verdict.ts"

const LOG: Entry[] = Array.from({ length: 40 }, (_, index) => ({
  seq: index + 1,
  user: `u${index % 2}`,
  clientId: `c-${index % 2}-${1 + (index >> 1)}`,
  n: 1 + (index >> 1),
}))

const ACKS = LOG.map(({ seq, user, clientId }) => ({ seq, user, clientId }))

function talker(heard: readonly Entry[]): Talker {
  const reader = new Reader({
    due: new Map(LOG.map(({ clientId }) => [clientId, 0])),
    latencies: new Latencies(),
    heard: new Map(),
  })
  for (const entry of heard) reader.hear(entry)
  return { reader, user: "u0", send: async () => 0, close: () => undefined }
}

const judged = (heard: readonly Entry[], log = LOG, acks = ACKS) => {
  vi.spyOn(console, "error").mockReturnValue(undefined)
  return verdict([talker(LOG), talker(heard)], log, acks)
}
const swapped = (list: readonly Entry[], one: number, other: number) =>
  list.map((each, index) => ({ ...(index === one ? list[other]! : index === other ? list[one]! : each), seq: index + 1 }))

test("readers who heard everything are right, whatever came twice or late, and both are counted", () => {
  expect(judged(LOG)).toMatchObject({ wrong: 0, deliveries: 80, doubled: 0, late: 0 })
  expect(judged([...LOG.slice(0, 5), LOG[2]!, ...LOG.slice(5)])).toMatchObject({ wrong: 0, doubled: 1, late: 0 })
  expect(judged([LOG[1]!, LOG[0]!, ...LOG.slice(2)])).toMatchObject({ wrong: 0, doubled: 0, late: 1 })
})

test("a message that a reader did not hear is caught at every place, the last one too", () => {
  for (let at = 0; at < LOG.length; at++) expect(judged(LOG.toSpliced(at, 1))).toMatchObject({ wrong: 1 })
  expect(judged([])).toMatchObject({ wrong: 1, deliveries: 40 })
})

test("messages that changed places under their numbers are caught in a reader's log, and in the room's own", () => {
  for (let at = 0; at < LOG.length - 2; at++) {
    expect(judged(swapped(LOG, at, at + 1)).wrong).toBe(1)
    expect(judged(LOG, swapped(LOG, at, at + 2)).wrong).toBe(2)
  }
})

test("a message twice in the room's log, an ack that it does not bear out and one of a message that is not there are caught", () => {
  const twice = [...LOG, { ...LOG[3]!, seq: 41 }]
  expect(judged(LOG, twice).wrong).toBe(2)
  expect(judged(LOG, LOG, [{ ...ACKS[0]!, seq: 2 }, ...ACKS.slice(1)]).wrong).toBe(2)
  expect(judged(LOG, LOG.slice(0, -1)).wrong).toBe(2)
  expect(judged(LOG, LOG, ACKS.slice(1)).wrong).toBe(2)
})

test("quantiles are those of a sorted list", () => {
  const latencies = new Latencies()
  for (let ms = 100; ms >= 1; ms--) latencies.add(ms)
  expect([latencies.quantile(0.5), latencies.quantile(0.99), latencies.spread]).toEqual([50.1, 99.1, 99.1 / 50.1])
})
