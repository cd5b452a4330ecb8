import { describe, expect, it } from "vitest"
import { draftOf, partsOf, placeIn, readDraft } from "./fix.ts"

describe("the draft of a mended record", () => {
  it("lays JSON out, keeps other text, and begins an envelope for what is no text", () => {
    expect(draftOf({ text: '{"id":"e"}', at: 1 })).toBe('{\n  "id": "e"\n}')
    expect(draftOf({ text: "{ id", at: 1 })).toBe("{ id")
    expect(JSON.parse(draftOf({ at: 7 }))).toEqual({ id: "", type: "", at: 7, v: 1, data: {} })
  })

  it("is read, or says why it cannot be", () => {
    expect(readDraft('{"a":1}')).toEqual({ event: { a: 1 } })
    expect(readDraft("{")).toEqual({ problem: expect.stringMatching(/^This is not JSON yet: /) })
  })

  it("shows where a path stands, by each of its names", () => {
    const draft = '{"name": "outer", "data": {"venueId": "v", "name": ""}}'
    const place = (path: string) => placeIn(draft, path) && draft.slice(...placeIn(draft, path)!)
    expect(place("data.name")).toBe('"name": ""')
    expect(place("name")).toBe('"name": "outer"')
    expect(place("data.capacity")).toBeUndefined()
    expect(place("")).toBeUndefined()
  })
})

it("takes a reason apart", () => {
  expect(partsOf("input.event: data.name: must be text")).toEqual({ code: "input.event", message: "data.name: must be text" })
  expect(partsOf("odd")).toEqual({ code: "", message: "odd" })
})
