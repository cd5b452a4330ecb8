import type { ServerResponse } from "node:http"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { payloadOf } from "../src/callbacks.ts"
import { deliver, EPHEMERAL, OF_A_LOG } from "../src/connection/deliver.ts"
import { answering, ENVIRONMENT } from "./answering.ts"

/** What each socket answers; 200 where nothing is said, and nothing at all for "silent". */
const answers = new Map<string, number | "silent">()
const idOf = (url: string): string => decodeURIComponent(url.split("/").at(-1)!)
const world = await answering((response: ServerResponse, { url }) => {
  const answer = answers.get(idOf(url)) ?? 200
  if (answer !== "silent") response.writeHead(answer).end("{}")
})
const frame = payloadOf('{"type":"message"}')
const tries = (): number => world.asked.length

beforeAll(() => void Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: world.url, WEBSOCKET_CALLBACK_URL: world.url }))
beforeEach(() => {
  answers.clear()
  world.asked.length = 0
  /** The shortest pause that jitter may give. */
  vi.spyOn(Math, "random").mockReturnValue(0)
})
afterAll(async () => {
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL", "WEBSOCKET_CALLBACK_URL"]) delete process.env[name]
  vi.restoreAllMocks()
  await world.stop()
})

test.each([429, 503] as const)(
  "a reader that answered %i to all tries of a frame gets one try for each next one, until one passes",
  async (status) => {
    const id = `full-${status}`
    answers.set(id, status)
    expect(await deliver(id, frame, OF_A_LOG)).toBe("failed")
    expect(tries()).toBe(OF_A_LOG.attempts)
    expect(await deliver(id, frame, OF_A_LOG)).toBe("failed")
    expect(tries()).toBe(OF_A_LOG.attempts + 1)
    answers.delete(id)
    expect(await deliver(id, frame, OF_A_LOG)).toBe("sent")
    world.asked.length = 0
    answers.set(id, status)
    expect(await deliver(id, frame, OF_A_LOG)).toBe("failed")
    expect(tries()).toBe(OF_A_LOG.attempts)
  },
)

test("one that has stopped answering holds nobody up for longer than a quarter of a second a frame", async () => {
  answers.set("silent", 429)
  await deliver("silent", frame, OF_A_LOG)
  answers.set("silent", "silent")
  world.asked.length = 0
  const begin = performance.now()
  expect(await deliver("silent", frame, OF_A_LOG)).toBe("failed")
  expect(tries()).toBe(1)
  expect(performance.now() - begin).toBeLessThan(1_500)
})

test("an ephemeral frame that was given up says nothing about the next frame of a log; a dead socket is asked once", async () => {
  answers.set("busy", 429)
  expect(await deliver("busy", frame, EPHEMERAL)).toBe("failed")
  world.asked.length = 0
  expect(await deliver("busy", frame, OF_A_LOG)).toBe("failed")
  expect(tries()).toBe(OF_A_LOG.attempts)
  answers.set("dead", 410)
  world.asked.length = 0
  expect(await deliver("dead", frame, OF_A_LOG)).toBe("gone")
  expect(await deliver("dead", frame, OF_A_LOG)).toBe("gone")
  expect(tries()).toBe(1)
})
