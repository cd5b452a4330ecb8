import { expect, test } from "vitest"
import type { ServerFrame } from "./socket/index.ts"
import { watchNotices } from "./notices.ts"
import type { Notice } from "./wire.ts"

test("each notice is told once, whatever else comes, until it is ended", () => {
  const listeners = new Set<(frame: ServerFrame) => void>()
  const hear = (frame: ServerFrame) => listeners.forEach((each) => each(frame))
  const told: Notice[] = []
  const end = watchNotices({ onFrame: (each) => (listeners.add(each), () => listeners.delete(each)) }, (each) => told.push(each))
  const notice = { code: "room.notice" as const, room: "rom_1", text: "Doors", at: 1, by: { id: "ada", name: "Ada", number: 1 } }
  const frame = (id: string) => ({ type: "notice", id, ...notice })
  for (const id of ["ntc_1", "ntc_1", "ntc_2", "ntc_1"]) hear(frame(id))
  hear({ type: "notice", code: "room.removed", room: "rom_1" })
  hear({ type: "message", id: "ntc_3", text: "no notice" })
  expect(told).toEqual(["ntc_1", "ntc_2"].map((id) => ({ id, ...notice })))
  for (let n = 0; n < 300; n++) hear(frame(`many_${n}`))
  hear(frame("many_299"))
  expect(told).toHaveLength(302)
  end()
  hear(frame("late"))
  expect(told).toHaveLength(302)
})
