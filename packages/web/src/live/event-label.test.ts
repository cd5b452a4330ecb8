import { expect, test } from "vitest"
import { concertOf, labelOf } from "./event-label.ts"

const titles = new Map([["c-17", "Mahler $& Co at the Hall"]])

test("a sale shows its quantity and the title of its concert", () => {
  expect(labelOf({ id: "e1", type: "ticket.sold", label: "2 × c-17" }, titles)).toBe("2 × Mahler $& Co at the Hall")
  expect(labelOf({ id: "e2", type: "ticket.scanned", label: "c-17" }, titles)).toBe("Mahler $& Co at the Hall")
})

test("a concert whose title is unknown keeps its id, an event without a label its own", () => {
  expect(labelOf({ id: "e1", type: "ticket.sold", label: "2 × c-18" }, titles)).toBe("2 × c-18")
  expect(labelOf({ id: "e1", type: "ticket.sold" }, titles)).toBe("e1")
})

test("a name that looks like an id stays a name", () => {
  const upserted = { id: "e3", type: "artist.upserted", label: "c-17" }
  expect([concertOf(upserted), labelOf(upserted, titles)]).toEqual([undefined, "c-17"])
})
