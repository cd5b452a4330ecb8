import { expect, test } from "vitest"
import { namesOf } from "./names.ts"

const resource = (logicalId: string, name: string) => ({ stack: "s", logicalId, type: "t", engine: "e", name })
const names = namesOf([
  resource("Queue294CC30B", "https://sqs.us-east-1.amazonaws.com/000000000000/local-s-Queue294CC30B-L90HF7ARH9VE"),
  resource("Table75C14D21", "local-s-Table75C14D21-LVQCHVK6K35I"),
  resource("LakeBucket9CD7BBD2", "local-s-lakebucket9cd7bbd2-f0gexi8k947l"),
])

test("a physical name is shown as its logical id without the hash; an unknown one as it is", () => {
  expect([names.of("local-s-Table75C14D21-LVQCHVK6K35I"), names.of("admin")]).toEqual(["Table", "admin"])
})

test("an ARN loses account and hashes and keeps what tells resources apart", () => {
  expect(names.arn("arn:aws:dynamodb:us-east-1:0:table/local-s-Table75C14D21-LVQCHVK6K35I/index/byUser")).toBe(
    "table/Table/index/byUser",
  )
  expect(names.arn("arn:aws:sqs:us-east-1:0:local-s-Queue294CC30B-L90HF7ARH9VE")).toBe("Queue")
  expect(names.arn("arn:aws:s3:::local-s-lakebucket9cd7bbd2-f0gexi8k947l/events/1")).toBe("LakeBucket/events/1")
  expect(names.arn("arn:aws:logs:us-east-1:0:log-group:g:log-stream:2026/11/21/[$LATEST]x")).toBe("log-group:g")
  expect([names.arn("*"), names.arn("arn:aws:x")]).toEqual(["*", "arn:aws:x"])
})
