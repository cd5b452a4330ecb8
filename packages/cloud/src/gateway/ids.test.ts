import { expect, test } from "vitest"
import { newId } from "./ids.ts"
import { Sockets } from "./sockets.ts"

test("ids are of AWS's shape, and no two of many are the same", () => {
  const ids = Array.from({ length: 2_000 }, newId)
  expect(new Set(ids).size).toBe(2_000)
  for (const id of ids) expect([id, id.length, Sockets.isConnectionId(id)]).toEqual([id, 16, true])
})
