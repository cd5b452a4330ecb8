import { request } from "node:http"
import * as fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import { WebSocket } from "ws"
import * as Y from "yjs"
import { ACTION_NAMES, GROUPS } from "../../packages/functions/src/ws/actions.ts"
import { apisOf } from "../../packages/cloud/src/gateway/api-model.ts"
import type { Product } from "../../packages/start/src/product.ts"
import { type Good, oddAddress, oddFrame, type OddRequest, oddRequest } from "./support/odd.ts"
import { startHere } from "./support/cloud.ts"
import { personOf, Socket } from "./support/socket.ts"

/** BACKLINE_SEED plays other inputs; a failure names the seed and the smallest input that still fails. */
const SEED = Number(process.env.BACKLINE_SEED ?? 1)
/** BACKLINE_FULL=1 tries five thousand in all. */
const [REQUESTS, FRAMES] = process.env.BACKLINE_FULL === "1" ? [3_000, 1_700] : [450, 300]
const ADDRESSES = 300
const AT_ONCE = 8
const PATIENCE_MS = 35_000
/** Half a minute where nothing else runs; a machine that is shared takes longer. */
const MOST_MS = 600_000

let local: Product
let good: Good
let ids: Good

const json = (...values: unknown[]): string[] => values.map((value) => JSON.stringify(value))

/** A little of everything, so that a request may get as far as a table. */
beforeAll(async () => {
  local = await startHere()
  const ada = personOf(local, 0)
  const subs = await Promise.all([0, 1, 2].map(async (n) => (await personOf(local, n)("/me")).body.id as string))
  const rooms = []
  for (const name of ["One", "Two", "Three"])
    rooms.push((await ada("/rooms", { name, visibility: "public", members: [subs[1]] })).body.id)
  const docs = []
  for (const title of ["One", "Two"]) docs.push((await ada("/documents", { title, room: rooms[0] })).body.id)
  const asked = []
  for (const text of ["Which halls?", "Which works?"]) asked.push((await ada("/chat", { text })).body)
  const lists = [
    "/rooms",
    "/documents",
    "/conversations",
    `/rooms/${rooms[0]}/members`,
    `/conversations/${asked[0]!.conversationId}/messages`,
  ]
  const cursors = await Promise.all(lists.map(async (path) => (await ada(`${path}?limit=1`)).body.next as string | undefined))
  const yjs = new Y.Doc()
  yjs.getText("body").insert(0, "text")
  const base64 = (part: Uint8Array) => Buffer.from(part).toString("base64")
  ids = {
    rooms: json(...rooms),
    documents: json(...docs),
    conversations: json(...asked.map(({ conversationId }) => conversationId)),
    runs: json(...asked.map(({ runId }) => runId)),
    // Nobody of those who ask here: ending somebody's sockets is what one of the routes does.
    people: json(subs[2]),
    concerts: json("c1"),
    venues: json("v1"),
    artists: json("a1"),
  }
  good = {
    room: ids.rooms!,
    doc: ids.documents!,
    run: ids.runs!,
    conversation: ids.conversations!,
    conversationId: ids.conversations!,
    text: json("hello"),
    name: json("A name"),
    title: json("A title"),
    visibility: json("public", "private"),
    members: json([], [subs[1]]),
    userId: json(subs[1], subs[2]),
    user: json(subs[1]),
    clientId: json("c1", "c2"),
    emoji: json("👍"),
    on: json(true, false),
    ban: json(false),
    seq: json(1),
    n: json(1),
    after: json(0, { epoch: "x", seq: 0 }),
    before: json(5),
    limit: json(1, 25, "10"),
    cursor: json(...cursors.filter((cursor) => cursor !== undefined)),
    next: json(...cursors.filter((cursor) => cursor !== undefined)),
    version: json(1),
    deep: json("1"),
    days: json(30),
    from: json("1950-01-01"),
    to: json("1960-01-01"),
    by: json("score"),
    city: json("Berlin"),
    q: json("Mahler"),
    order: json("first"),
    update: json(base64(Y.encodeStateAsUpdate(yjs))),
    vector: json(base64(Y.encodeStateVector(yjs))),
    state: json(base64(new Uint8Array([1, 2, 3]))),
    events: json([{ id: "e1", type: "venue.upserted", at: 1_700_000_000_000, v: 1, data: { venueId: "v1", name: "Hall" } }]),
    token: json("a.b.c"),
    tap: json("tap_1"),
  }
})
afterAll(() => local?.stop())

interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
}

function ask(url: string, { method, path, headers, body }: OddRequest): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method, path, headers, timeout: PATIENCE_MS, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString("utf8") }),
      )
      response.once("error", reject)
    })
    asked.once("timeout", () => asked.destroy(new Error("no answer in time")))
    asked.once("error", reject)
    asked.end(body)
  })
}

/** The gateway's own answers, which have no code; the same in AWS. */
const OWN = new Set(["404 Not Found", "413 Request Entity Too Large", "431 Request Header Fields Too Large", "400 Bad Request"])

function problemOfError(status: number | string, text: string): string | undefined {
  let body: { code?: unknown; message?: unknown }
  try {
    body = JSON.parse(text)
  } catch {
    return `${status} is no JSON: ${text.slice(0, 200)}`
  }
  if (OWN.has(`${status} ${String(body.message)}`)) return undefined
  if (typeof body.code !== "string" || typeof body.message !== "string" || body.message === "")
    return `${status} without code and message: ${text.slice(0, 200)}`
  return body.code === "internal" || body.code.startsWith("internal.") || status === 500 ? `${status} ${body.code}` : undefined
}

/** What is wrong with the answer to an input, or undefined. */
async function problemOf(input: OddRequest): Promise<string | undefined> {
  const answer = await ask(local.addresses.http, {
    ...input,
    headers: { ...input.headers, authorization: `Bearer ${await local.token()}` },
  }).catch((error: Error) => error)
  if (answer instanceof Error) return answer.message
  count(outcomes.http, answer.status < 400 ? String(answer.status) : codeOf(answer.text))
  return answer.status < 400 ? undefined : problemOfError(answer.status, answer.text)
}

const outcomes = { http: new Map<string, number>(), socket: new Map<string, number>(), console: new Map<string, number>() }
const count = (into: Map<string, number>, what: string) => into.set(what, (into.get(what) ?? 0) + 1)
const codeOf = (text: string): string => /"code":"([^"]+)"/.exec(text)?.[1] ?? text.slice(0, 60)
const figures = (of: Map<string, number>) => JSON.stringify(Object.fromEntries([...of].sort(([, a], [, b]) => b - a)))

interface Failure<T> {
  problem: string
  of: fc.Arbitrary<T>
  seed: number
  index: number
  input: T
}

/** Asks for all of them, some at once, and gives those that went wrong. */
async function all<T>(
  of: fc.Arbitrary<T>,
  numRuns: number,
  seed: number,
  problem: (input: T) => Promise<string | undefined>,
): Promise<Failure<T>[]> {
  const failures: Failure<T>[] = []
  const inputs = fc.sample(of, { seed, numRuns })
  let next = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let index = next++; index < inputs.length; index = next++) {
        const found = await problem(inputs[index]!)
        if (found !== undefined) failures.push({ problem: found, of, seed, index, input: inputs[index]! })
      }
    }),
  )
  return failures
}

/** One line for each kind of failure, the first of which is made as small as it gets. */
async function described<T>(
  failures: readonly Failure<T>[],
  problem: (input: T) => Promise<string | undefined>,
): Promise<string[]> {
  const first = failures[0]
  const lines = failures
    .slice(0, 20)
    .map(
      ({ problem: found, seed, index, input }) => `seed ${seed}, input ${index}: ${found} ${JSON.stringify(input).slice(0, 500)}`,
    )
  if (!first) return []
  const shrunk = await fc.check(
    fc.asyncProperty(first.of, async (input) => (await problem(input)) === undefined),
    { seed: first.seed, path: String(first.index), interruptAfterTimeLimit: 20_000 },
  )
  return [...lines, `smallest: ${JSON.stringify(shrunk.counterexample)?.slice(0, 1_000)}`]
}

/** What functions of this cloud could not deal with. */
const unhandled = () =>
  local.lines
    .find({ since: 0, limit: 100_000 })
    .filter(({ level, text }) => level === "ERROR" && /Unhandled|Runtime\.|Invoke Error/i.test(text))

const routesOf = () =>
  apisOf(local.cloud, "HTTP")
    .flatMap(({ routes }) => routes.map(({ key }) => key))
    .sort()

it(
  `answers ${REQUESTS} odd requests to all routes with a code and a message, none of them internal`,
  async () => {
    const started = performance.now()
    const routes = routesOf()
    const failures: Failure<OddRequest>[] = []
    const each = Math.ceil(REQUESTS / routes.length)
    let next = 0
    await Promise.all(
      [0, 1].map(async () => {
        for (let n = next++; n < routes.length; n = next++)
          failures.push(...(await all(oddRequest(routes[n]!, Object.keys(good), good, ids), each, SEED + n, problemOf)))
      }),
    )
    console.log(
      `${each * routes.length} odd requests to ${routes.length} routes in ${((performance.now() - started) / 1000).toFixed(1)} s: ${figures(outcomes.http)}; unhandled ${unhandled().length}`,
    )
    expect(await described(failures, problemOf)).toEqual([])
    expect(unhandled()).toEqual([])
  },
  MOST_MS,
)

/** The names that an action's schema knows, wherever they stand in it. */
function namesOf(schema: unknown): string[] {
  const { shape, def } = schema as { shape?: object; def: { left?: unknown; right?: unknown; innerType?: unknown; in?: unknown } }
  if (shape) return Object.keys(shape)
  return [def.left, def.right, def.innerType, def.in].filter((part) => part !== undefined).flatMap(namesOf)
}

/** A socket that asks one thing after the other, and is opened again where it was closed. */
class Asker {
  closed = 0
  private socket?: Socket

  constructor(private readonly person: number) {}

  async ask(frame: string): Promise<string | undefined> {
    if (this.socket?.socket.readyState !== WebSocket.OPEN) this.socket = await Socket.open(local, this.person)
    const { socket } = this.socket
    return new Promise((resolve) => {
      const end = (found?: string) => {
        clearTimeout(timer)
        socket.off("message", hear)
        socket.off("close", close)
        resolve(found)
      }
      const timer = setTimeout(() => end("no answer in time"), PATIENCE_MS)
      const close = (code: number) => {
        this.closed += 1
        end(`closed ${code}`)
      }
      const hear = (data: Buffer) => {
        for (const heard of [JSON.parse(data.toString())].flat() as { type?: string; code?: string }[]) {
          // What others did, and what an earlier frame leads to, come in between.
          if (heard.type !== undefined && heard.type !== "ack" && heard.type !== "error") continue
          count(outcomes.socket, heard.type === "ack" ? "ack" : codeOf(JSON.stringify(heard)))
          return end(heard.type === "ack" ? undefined : problemOfError("error", JSON.stringify(heard)))
        }
      }
      socket.on("message", hear)
      socket.once("close", close)
      socket.send(frame)
    })
  }

  end(): void {
    this.socket?.close()
  }
}

it(
  `answers ${FRAMES} odd frames of all actions with an ack or a code, and the sockets stay open`,
  async () => {
    const started = performance.now()
    const askers = Array.from({ length: AT_ONCE }, (_, n) => new Asker(n % 2))
    const free = [...askers]
    const problem = async (frame: string) => {
      const asker = free.pop()!
      const found = await asker.ask(frame)
      free.push(asker)
      return found
    }
    const actions = Object.assign(
      {},
      ...(await Promise.all(Object.values(GROUPS).map(async (actionsOf) => actionsOf()))),
    ) as Record<string, { schema(): unknown }>
    const each = Math.ceil(FRAMES / ACTION_NAMES.length)
    const failures: Failure<string>[] = []
    for (const [n, name] of ACTION_NAMES.entries())
      failures.push(...(await all(oddFrame(name, namesOf(actions[name]!.schema()), good), each, SEED + n, problem)))
    const closed = askers.reduce((sum, asker) => sum + asker.closed, 0)
    console.log(
      `${each * ACTION_NAMES.length} odd frames of ${ACTION_NAMES.length} actions in ${((performance.now() - started) / 1000).toFixed(1)} s: ${figures(outcomes.socket)}; closed ${closed}, unhandled ${unhandled().length}`,
    )
    expect(await described(failures, problem)).toEqual([])
    expect([closed, unhandled()]).toEqual([0, []])
    for (const asker of askers) asker.end()
  },
  MOST_MS,
)

it(
  `answers ${ADDRESSES} odd addresses of the console without failing, under the headers of its policy`,
  async () => {
    const started = performance.now()
    const problem = async (path: string) => {
      const answer = await ask(local.addresses.console, { method: "GET", path, headers: {} }).catch((error: Error) => error)
      if (answer instanceof Error) return answer.message
      count(outcomes.console, String(answer.status))
      if (answer.status >= 500) return `${answer.status} ${answer.text.slice(0, 200)}`
      if (path.startsWith("/_local/")) return undefined
      return answer.headers["content-security-policy"] && answer.headers["x-content-type-options"] === "nosniff"
        ? undefined
        : `${answer.status} without security headers`
    }
    const failures = await all(oddAddress, ADDRESSES, SEED, problem)
    console.log(
      `${ADDRESSES} odd addresses in ${((performance.now() - started) / 1000).toFixed(1)} s: ${figures(outcomes.console)}`,
    )
    expect(await described(failures, problem)).toEqual([])
  },
  MOST_MS,
)
