import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { keyOf, labelOf, parse, streamOf, versionOf } from "./index.ts"
import { SAMPLES, strange } from "./samples.ts"
import { EVENT_TYPES, SCHEMAS } from "./types.ts"

const good = (value: unknown) => {
  const { event, problem } = parse(value)
  if (!event) throw new Error(problem.message)
  return event
}
const codeOf = (value: unknown) => parse(value).problem?.code
const sample = (type: string) => structuredClone(SAMPLES.find((event) => event.type === type)!) as any

describe("an event", () => {
  it("of every type is accepted unchanged", () => {
    expect(SAMPLES.map(({ type }) => type).sort()).toEqual([...EVENT_TYPES].sort())
    for (const event of SAMPLES) expect(good(event)).toEqual(event)
  })

  it("is accepted with only its required fields, and lists default to empty", () => {
    const bare = { id: "x", type: "work.performed", at: 0, v: 1, data: { concertId: "c", position: 1, workId: "w", title: "T" } }
    expect(good(bare)).toEqual({ ...bare, data: { ...bare.data, soloists: [] } })
  })

  it("has its text trimmed", () => {
    const event = sample("artist.upserted")
    event.data.name = "  The Nine Lamps\u00a0 "
    expect(good(event)).toEqual(SAMPLES[0])
  })

  it("goes to the stream of its noun under the noun's id, with a label", () => {
    expect(SAMPLES.slice(0, 3).map((event) => [streamOf(good(event)), keyOf(good(event)), labelOf(good(event))])).toEqual([
      ["artist", "a1", "The Nine Lamps"],
      ["venue", "v1", "Große Halle"],
      ["concert", "c1", "Opening night"],
    ])
    expect(streamOf(good(sample("ticket.sold")))).toBe("concert")
  })

  it("may lie before 1970, but not in absurd times", () => {
    for (const at of [-5_000_000_000_000, -1, 0, 4_102_444_800_000])
      expect(codeOf({ ...sample("ticket.sold"), at })).toBeUndefined()
    for (const at of [-5_000_000_000_001, 4_102_444_800_001, 253_402_300_799_000, 1.5, "1", null, undefined, Number.NaN])
      expect(codeOf({ ...sample("ticket.sold"), at })).toBe("input.time")
  })

  it("of an unknown type or version is refused by its own code", () => {
    expect(codeOf({ ...sample("ticket.sold"), type: "ticket.eaten" })).toBe("input.type")
    expect(codeOf({ ...sample("ticket.sold"), type: "__proto__" })).toBe("input.type")
    expect(parse({ ...sample("ticket.sold"), v: 3 }).problem).toMatchObject({ code: "input.event", path: "v" })
  })

  it("of an older version becomes the current one, and is held to the schema of its own", () => {
    const { buyerId, ...data } = sample("ticket.sold").data
    const old = { ...sample("ticket.sold"), v: 1, data }
    expect(parse(old)).toEqual({ event: { ...old, v: 2 } })
    expect(parse({ ...old, data: { ...data, buyerId } }).problem).toMatchObject({ code: "input.event", path: "data" })
    expect(parse({ ...old, data: { ...data, quantity: 0 } }).problem).toMatchObject({ path: "data.quantity" })
    for (const type of EVENT_TYPES) expect(SAMPLES.find((event) => event.type === type)?.v, type).toBe(versionOf(type))
  })

  it("names the path of a bad field", () => {
    const event = sample("work.performed")
    event.data.soloists[1].name = ""
    expect(parse(event).problem).toMatchObject({ code: "input.event", path: "data.soloists.1.name" })
    expect(parse(event).problem?.message).toContain("data.soloists.1.name")
  })

  it("with a field too many is refused, also one named __proto__", () => {
    expect(codeOf(JSON.parse('{"id":"e","type":"concert.cancelled","at":1,"v":1,"data":{"concertId":"c","extra":1}}'))).toBe(
      "input.event",
    )
    const hostile = JSON.parse(
      '{"id":"e","type":"concert.cancelled","at":1,"v":1,"data":{"concertId":"c"},"__proto__":{"polluted":1}}',
    )
    const { event } = parse(hostile)
    expect(({} as any).polluted).toBeUndefined()
    if (event) expect(JSON.stringify(event)).not.toContain("polluted")
  })

  it("of more than 64 KB is refused for its size", () => {
    expect(codeOf({ ...sample("artist.upserted"), padding: "x".repeat(70_000) })).toBe("input.size")
    expect(codeOf({ type: "huge", padding: "x".repeat(1_100_000) })).toBe("input.size")
  })

  it("nested deeper than the stack is refused, not thrown", () => {
    const deep = JSON.parse(`${"[".repeat(10_000)}${"]".repeat(10_000)}`)
    for (const value of [deep, { ...sample("artist.upserted"), data: deep }]) expect(codeOf(value)).toMatch(/^input\./)
  })

  it("whatever it is, is either accepted or refused with a documented code and never throws", () => {
    const codes = new Set<string>()
    fc.assert(
      fc.property(fc.oneof(fc.anything(), strange()), (value) => {
        const { event, problem } = parse(value)
        if (event) return
        codes.add(problem.code)
        expect(problem.code).toMatch(/^input\.(event|type|time|size)$/)
        expect(problem.message.length).toBeLessThanOrEqual(300)
      }),
      { numRuns: 1_000 },
    )
    expect(codes.size).toBeGreaterThan(2)
  })

  it("that passes the quick test is one that its schema returns unchanged", () => {
    let quick = 0
    fc.assert(
      fc.property(strange(), (value) => {
        const known = SCHEMAS.get((value as { type?: unknown }).type)
        if (!known?.isCanonical(value)) return
        quick++
        const result = known.schema.safeParse(value)
        expect(result.success && result.data).toEqual(value)
      }),
      { numRuns: 2_000 },
    )
    expect(quick).toBeGreaterThan(20)
    for (const event of SAMPLES) expect(SCHEMAS.get(event.type)?.isCanonical(event)).toBe(true)
  })
})
