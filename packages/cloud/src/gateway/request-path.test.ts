import fc from "fast-check"
import { expect, test } from "vitest"
import { requestPath } from "./request-path.ts"

/** As AWS answered: https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json */
test.each([
  ["/capture/plain", "/capture/plain"],
  ["/capture/%40id", "/capture/@id"],
  ["/capture/space%20value", "/capture/space value"],
  ["/capture/question%3Fvalue", "/capture/question"],
  ["/capture/percent%25done", undefined],
  ["/capture/hash%23value", "/capture/hash#value"],
  ["/capture/slash%2Fvalue", "/capture/slash/value"],
  ["/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C", "/capture/unicode-λ-世界"],
  ["/capture/literal%252Fvalue", "/capture/literal/value"],
  ["/capture/literal%253Fvalue", "/capture/literal?value"],
  ["/capture/literal%2525value", "/capture/literal%value"],
])("a function is told of %s as %s", (sent, told) => {
  expect(requestPath(sent)?.told).toBe(told)
})

test.each([
  ["a plus is no blank", "/a+b", "/a+b"],
  ["doubled slashes stay", "//a//b", "//a//b"],
  ["a slash at the end stays", "/a/", "/a/"],
])("%s", (_, sent, told) => {
  expect(requestPath(sent)).toEqual({ matched: told, told })
})

test.each(["/%", "/%zz", "/%ff", "/%25zz"])("%s is no path", (sent) => {
  expect(requestPath(sent)).toBeUndefined()
})

test("any path survives that is encoded twice", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 64 }).map((rest) => `/${rest}`)
  fc.assert(
    fc.property(text, (path) => {
      const once = path.split("/").map(encodeURIComponent).join("/")
      const twice = once.split("/").map(encodeURIComponent).join("/")
      expect(requestPath(twice)).toEqual({ matched: once, told: path })
    }),
  )
})
