import type { RoomMessage, RoomView } from "@backline/client"
import { expect, test } from "vitest"
import { messageKey, waitingRows } from "./row-keys.ts"

const message = (user: string, clientId: string) => ({ user: { id: user }, clientId }) as RoomMessage

test("no two rows have one key: not what came after a gap and is still waited for, nor ids that two people chose alike", () => {
  // The third is missing, so what follows it is held and not told yet.
  const log = [message("max", "1"), message("ada", "1"), undefined, message("ada", "2"), message("assistant", "run_1")]
  const room = { at: (seq: number) => log[seq - 1] }
  const view = {
    head: 5,
    position: 2,
    answers: [{ runId: "run_1" }, { runId: "run_2" }],
    unsent: [{ clientId: "2" }, { clientId: "3" }],
  } as unknown as RoomView
  const { answers, unsent } = waitingRows(room, view, "ada")
  expect([answers.map(({ item }) => item.runId), unsent.map(({ item }) => item.clientId)]).toEqual([["run_2"], ["3"]])
  const keys = [...[1, 2, 3, 4, 5].map((seq) => messageKey(room, seq)), ...[...answers, ...unsent].map(({ key }) => key)]
  expect(new Set(keys).size).toBe(7)
  expect(unsent[0]!.key).toBe(messageKey({ at: () => message("ada", "3") }, 6))
})
