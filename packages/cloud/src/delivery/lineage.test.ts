import fc from "fast-check"
import { expect, test } from "vitest"
import { isLoop, joined, traceOf, withoutLineage } from "./lineage.ts"

const arn = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}`
const REQUEST = "8f5d3c1a-0000-4000-8000-1234567890ab"
const turn = (trace: string | undefined, name: string) => traceOf(trace, arn(name), REQUEST, 1_700_000_000_000)

test("a chain keeps its root and counts each function's turns; the seventeenth is a loop", () => {
  let trace: string | undefined
  const roots = new Set<string>()
  for (let count = 0; count < 16; count++) {
    expect(isLoop(trace, arn("a")), `turn ${count + 1}`).toBe(false)
    trace = turn(trace, "a")
    if (count % 2 === 0) trace = turn(trace, "b")
    roots.add(trace.split(";")[0]!)
  }
  expect(isLoop(trace, arn("a"))).toBe(true)
  expect(isLoop(trace, arn("b"))).toBe(false)
  expect([...roots]).toEqual(
    ["Root=1-6553f100-8f5d3c1a000040008000123"].map((root) => expect.stringContaining(root.slice(0, 15))),
  )
  expect(trace).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:16\|[0-9a-f]{8}:8$/)
})

test("a batch carries the longest lineages of its messages", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 20 }), { minLength: 1, maxLength: 5 }),
      (chains) => {
        const traces = chains.map((chain) => chain.reduce<string | undefined>((trace, name) => turn(trace, name), undefined))
        const batch = joined(traces)
        for (const name of ["a", "b", "c"]) {
          const most = Math.max(...chains.map((chain) => chain.filter((each) => each === name).length))
          expect(isLoop(batch, arn(name))).toBe(most >= 16)
        }
      },
    ),
  )
})

test("headers of others are read as far as they make sense", () => {
  expect(turn("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1", "a")).toContain("Root=1-5759e988-bd862e3fe1be46a994272793;")
  for (const odd of ["", "nonsense", "Lineage=", "Lineage=x:1|43e12f0f:many;Root=1"])
    expect(isLoop(turn(odd, "a"), arn("a"))).toBe(false)
  expect(withoutLineage("Root=1;Lineage=43e12f0f:5;Sampled=0")).toBe("Root=1;Sampled=0")
})
