import { expect, test } from "vitest"
import type { Line } from "@backline/cloud/lambda/lines"
import { shortName, terminalLine } from "./terminal-logs.ts"

const NAME = "local-backline-Api-Health02A586CD-3SA3VN454IPC"
const line = (text: string, more: Partial<Line> = {}): Line => ({
  n: 1,
  at: Date.UTC(2030, 0, 1, 12, 3, 4),
  function: NAME,
  requestId: "3236e524-3586-42bd",
  level: "INFO",
  text,
  ...more,
})
const all: { parts: string[]; errorsOnly: boolean } = { parts: [], errorsOnly: false }
const plain = (text: string, more: Partial<Line> = {}, wanted = all) => terminalLine(line(text, more), wanted, { colour: false })

test("a function is called by the name its stack gives it", () => {
  expect(shortName(NAME)).toBe("Health")
  expect(shortName("mine")).toBe("mine")
})

test("a line shows function, request and level; JSON shows its message and fields", () => {
  expect(plain("hello")).toMatch(/^\d\d:\d\d:\d\d {2}Health {14}3236e524 {2}info {3}hello$/)
  expect(plain(`{"level":"info","message":"sent","at":1,"requestId":"x","rows":2}`)).toContain("sent  rows=2")
  expect(plain("2.1 ms · 23 of 512 MB", { level: "REPORT" })).toContain("done   2.1 ms")
  expect(plain(`{"_aws":{}}`)).toBeUndefined()
})

test("an error stands with its stack, one frame a line", () => {
  const text = `Invoke Error {"errorType":"TypeError","errorMessage":"no","trace":["TypeError: no","    at f (a.ts:1:2)"]}`
  expect(plain(text, { level: "ERROR" })).toMatch(/error {2}TypeError: no\n +at f \(a\.ts:1:2\)$/)
  const logged = `{"level":"error","message":"failed","error":{"stack":"Error: x\\n    at g (b.ts:3:4)"}}`
  expect(plain(logged, { level: "ERROR" })).toMatch(/failed\n +Error: x\n +at g \(b\.ts:3:4\)$/)
  expect(terminalLine(line("no", { level: "ERROR" }), all, { colour: true })).toContain("\u001b[31mno\u001b[0m")
})

test("parts of names and errors alone are what was asked for", () => {
  expect(plain("x", {}, { parts: ["health"], errorsOnly: false })).toBeDefined()
  expect(plain("x", {}, { parts: ["chat", "run"], errorsOnly: false })).toBeUndefined()
  expect(plain("x", {}, { parts: [], errorsOnly: true })).toBeUndefined()
  expect(plain("x", { level: "ERROR" }, { parts: [], errorsOnly: true })).toBeDefined()
})
