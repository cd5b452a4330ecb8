import fc from "fast-check"
import { expect, test } from "vitest"
import type { ApiRoute } from "./api-model.ts"
import { requestPath } from "./request-path.ts"
import { router } from "./routes.ts"

const routes = (...keys: string[]): ApiRoute[] =>
  keys.map((key) => ({ key, integration: { functionArn: key, timeoutMs: 1 }, scopes: [], responds: false }))
const KEYS = [
  "GET /pets/dog/1",
  "GET /pets/dog/{id}",
  "GET /pets/{proxy+}",
  "ANY /{proxy+}",
  "POST /pets/dog/{id}",
  "ANY /pets/cat",
  "GET /pets/cat",
  "$default",
]

test.each([
  ["GET", "/pets/dog/1", "GET /pets/dog/1"],
  ["GET", "/pets/dog/2", "GET /pets/dog/{id}"],
  ["GET", "/pets/bird/1/a", "GET /pets/{proxy+}"],
  ["POST", "/pets/dog/1", "POST /pets/dog/{id}"],
  ["PUT", "/pets/dog/1", "ANY /{proxy+}"],
  ["GET", "/pets/cat", "GET /pets/cat"],
  ["PUT", "/pets/cat", "ANY /pets/cat"],
  ["GET", "/", "$default"],
])("%s %s takes %s", (method, path, key) => {
  expect(router(routes(...KEYS))(method, path)?.route.key).toBe(key)
})

test("the order of the template does not matter", () => {
  const shuffled = fc.shuffledSubarray(KEYS, { minLength: KEYS.length })
  fc.assert(
    fc.property(shuffled, (keys) => {
      const match = router(routes(...keys))
      expect(
        [match("GET", "/pets/dog/1"), match("GET", "/pets/x"), match("PUT", "/pets/cat")].map((it) => it?.route.key),
      ).toEqual(["GET /pets/dog/1", "GET /pets/{proxy+}", "ANY /pets/cat"])
    }),
  )
})

test("any text that is encoded twice survives as a path parameter", () => {
  const match = router(routes("GET /venues/{id}"))
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 64 })
  fc.assert(
    fc.property(text, (id) => {
      const twice = encodeURIComponent(encodeURIComponent(id))
      expect(match("GET", requestPath(`/venues/${twice}`)!.matched)?.pathParameters).toEqual({ id })
    }),
  )
})
