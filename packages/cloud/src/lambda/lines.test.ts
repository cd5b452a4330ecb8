import { expect, test } from "vitest"
import { levelOf, Lines } from "./lines.ts"

const line = (text: string, more: object = {}) => ({
  at: 1,
  function: "f",
  requestId: "r",
  level: "INFO" as const,
  text,
  ...more,
})

test("lines are numbered from 1 and asked for by what comes after a number, a function, a request and a level", () => {
  const lines = new Lines()
  const heard: string[] = []
  const stop = lines.listen(({ text }) => heard.push(text))
  lines.add(line("one"))
  lines.add(line("two", { function: "other", level: "ERROR" }))
  stop()
  lines.add(line("three", { requestId: "abc" }))
  const texts = (wanted: object) => lines.find(wanted).map(({ n, text }) => `${n} ${text}`)
  expect(texts({})).toEqual(["1 one", "2 two", "3 three"])
  expect(texts({ limit: 2 })).toEqual(["2 two", "3 three"])
  expect(texts({ since: 0, limit: 2 })).toEqual(["1 one", "2 two"])
  expect(texts({ since: 2 })).toEqual(["3 three"])
  expect(texts({ since: 9 })).toEqual([])
  expect(texts({ function: "oth" })).toEqual(["2 two"])
  expect(texts({ requestId: "ab" })).toEqual(["3 three"])
  expect(texts({ level: "ERROR" })).toEqual(["2 two"])
  expect(heard).toEqual(["one", "two"])
})

test("only the newest lines are kept, long ones are cut, and positions stay what they were", () => {
  const lines = new Lines()
  for (let n = 1; n <= 30_000; n++) lines.add(line(String(n)))
  lines.add(line("x".repeat(100_000)))
  const kept = lines.find({ limit: 50_000 })
  expect(kept.length).toBeLessThanOrEqual(22_000)
  expect(kept.length).toBeGreaterThanOrEqual(20_000)
  expect(kept.at(-2)).toMatchObject({ n: 30_000, text: "30000" })
  expect(kept.at(-1)!.text.length).toBeLessThan(17_000)
  expect(lines.find({ since: 29_999 }).map(({ n }) => n)).toEqual([30_000, 30_001])
})

test("a line's level is that of its JSON, else of the console's method", () => {
  expect(levelOf("INFO", `{"level":"error","message":"m"}`)).toBe("ERROR")
  expect(levelOf("WARN", "plain")).toBe("WARN")
  expect(levelOf("", "raw")).toBe("INFO")
  expect(levelOf("INFO", `{"level":"odd"}`)).toBe("INFO")
})
