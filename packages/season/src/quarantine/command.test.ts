import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { afterEach, beforeEach, expect, it } from "vitest"
import { quarantineCommand } from "./command.ts"

/* An API with three records: one broken, one that only the schema of yesterday refused, one that is no text. */
const record = (id: string, body: object) => ({
  id,
  at: 0,
  state: "open",
  reason: "input.event: data.name: missing",
  stream: "s",
  shard: "0",
  sequence: "1",
  size: 3,
  ...body,
})
const RECORDS = {
  "1-a-0": {
    ...record("1-a-0", { text: '{"a":1}' }),
    problem: { code: "input.event", path: "data.name", message: "data.name: missing" },
  },
  "1-a-1": { ...record("1-a-1", { text: "{}" }), problem: null },
  "1-a-2": {
    ...record("1-a-2", { base64: "/wAB" }),
    problem: { code: "input.json", path: "", message: "The record is not UTF-8." },
  },
}
let asked: [path: string, body: unknown][]
const server = createServer(async (request, response) => {
  let text = ""
  for await (const chunk of request) text += chunk
  const path = request.url!
  if (text) asked.push([path, JSON.parse(text)])
  const answer = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
  const [first, ...others] = Object.values(RECORDS)
  if (path === "/health") return answer(200, {})
  if (path.startsWith("/quarantine?"))
    return path.includes("cursor") ? answer(200, { items: others }) : answer(200, { items: [first], next: "c" })
  const [, , id, verb] = path.split("/")
  const found = RECORDS[id as keyof typeof RECORDS]
  if (!found) return answer(404, { code: "missing.quarantined", message: "There is no such record in quarantine." })
  return answer(200, verb ? { ...found, state: `${verb}ed`, eventId: verb === "resubmit" ? "e" : undefined } : found)
})
let url: string
beforeEach(async () => {
  asked = []
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function run(args: string[], stdin = "") {
  const said: Record<"out" | "err", Buffer[]> = { out: [], err: [] }
  const code = await quarantineCommand([...args, "--url", url], {
    out: { write: (text) => said.out.push(Buffer.from(text as string)) },
    err: { write: (text) => said.err.push(Buffer.from(text)) },
    env: { BACKLINE_TOKEN: "token" },
    stdin: Readable.from([stdin]),
    runFile: "/nowhere",
  })
  return { code, out: Buffer.concat(said.out), err: Buffer.concat(said.err).toString() }
}

it("lists every page, one line for each record with its reason", async () => {
  const { code, out } = await run(["list"])
  expect([
    code,
    out
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split("  ")[0]),
  ]).toEqual([0, Object.keys(RECORDS)])
  expect(out.toString()).toContain("1970-01-01T00:00:00.000Z  open  input.event: data.name: missing")
})

it("shows a record's own bytes on stdout, and what is wrong with it beside them", async () => {
  expect(await run(["show", "1-a-0"])).toMatchObject({
    out: Buffer.from('{"a":1}\n'),
    err: expect.stringContaining("input.event: data.name"),
  })
  expect((await run(["show", "1-a-2"])).out).toEqual(Buffer.from([255, 0, 1, 10]))
  expect((await run(["show", "1-a-1"])).err).toContain("fits its schema")
})

it("sends a mended event, a record as it is, and discards", async () => {
  expect((await run(["fix", "1-a-0", "-"], '{"id":"e"}')).out.toString()).toContain("resubmited e")
  await run(["resubmit", "1-a-1", "1-a-2"])
  await run(["discard", "1-a-2"])
  expect(asked).toEqual([
    ["/quarantine/1-a-0/resubmit", { event: { id: "e" } }],
    ["/quarantine/1-a-1/resubmit", {}],
    ["/quarantine/1-a-2/resubmit", {}],
    ["/quarantine/1-a-2/discard", {}],
  ])
})

it("redrives what fits its schema as it is, and says what does not", async () => {
  const { out } = await run(["redrive"])
  expect(asked).toEqual([["/quarantine/1-a-1/resubmit", {}]])
  expect(out.toString()).toContain("1 sent, 2 left")
})

it("says what to do about a wrong command, a record that is not there, and a file that is not JSON", async () => {
  for (const args of [[], ["mend"], ["show"], ["show", "a", "b"], ["resubmit"], ["list", "--al"]]) {
    const { code, err } = await run(args)
    expect([code, err]).toEqual([1, expect.stringContaining("npm run quarantine")])
  }
  expect(await run(["show", "gone"])).toMatchObject({ code: 1, err: expect.stringContaining("missing.quarantined") })
  expect(await run(["fix", "1-a-0", "-"], "{")).toMatchObject({ code: 1, err: expect.stringContaining("is not JSON") })
  expect(await run(["fix", "1-a-0", "/nowhere.json"])).toMatchObject({ code: 1, err: expect.stringContaining("no file") })
})
