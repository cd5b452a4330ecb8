import { expect, test } from "vitest"
import { createClient } from "./http.ts"

function world(...answers: Response[]) {
  const calls: { url: string; init: RequestInit }[] = []
  const asked: boolean[] = []
  const client = createClient({
    httpUrl: "http://api/",
    getToken: async ({ fresh = false } = {}) => (asked.push(fresh), fresh ? "new" : "old"),
    fetch: (async (url: string, init: RequestInit) => (calls.push({ url, init }), answers.shift()!)) as typeof fetch,
  })
  return { client, calls, asked }
}

test("a refused token is renewed once and the call repeated", async () => {
  const { client, calls, asked } = world(
    Response.json({ message: "Unauthorized" }, { status: 401 }),
    Response.json({ items: [] }),
  )
  expect(await client.conversations.list({ cursor: "a b" })).toEqual({ items: [] })
  expect(asked).toEqual([false, true])
  expect(calls[1]!.url).toBe("http://api/conversations?cursor=a+b")
  expect(new Headers(calls[1]!.init.headers).get("authorization")).toBe("Bearer new")
})

test("an error keeps code, message, request id and wait; the gateway's own gets words", async () => {
  const body = { code: "limit.chat", message: "Slow down.", requestId: "r1" }
  const { client } = world(
    Response.json(body, { status: 429, headers: { "retry-after": "3" } }),
    Response.json({ message: "Too Many Requests" }, { status: 429 }),
    new Response("<html>", { status: 502 }),
  )
  await expect(client.me()).rejects.toMatchObject({ ...body, status: 429, retryAfterMs: 3000 })
  await expect(client.me()).rejects.toMatchObject({ code: "limit.rate" })
  await expect(client.me()).rejects.toMatchObject({ code: "internal", status: 502 })
})

test("an id of any characters is one segment of the path, which API Gateway decodes twice", async () => {
  const { client, calls } = world(Response.json({}), Response.json({}))
  await client.concerts.get("a/b?c%d e")
  await client.concerts.get("con_01J")
  const [strange, plain] = calls.map(({ url }) => url.slice("http://api/concerts/".length))
  expect(decodeURIComponent(decodeURIComponent(strange!))).toBe("a/b?c%d e")
  expect(decodeURIComponent(strange!)).not.toMatch(/[/?]/)
  expect(plain).toBe("con_01J")
})
