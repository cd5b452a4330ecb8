import { expect, test } from "vitest"
import { readBatchResponse } from "./partial.ts"

test("reads batch responses by AWS's rules", () => {
  const cases: [string | undefined, ReturnType<typeof readBatchResponse>][] = [
    ["null", "success"],
    ["{}", "success"],
    ['""', "success"],
    ['{"batchItemFailures":null}', "success"],
    ['{"batchItemFailures":[]}', "success"],
    ['{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b"}]}', { failed: ["a", "b"] }],
    ['{"batchItemFailures":[{"itemIdentifier":""}]}', "failure"],
    ['{"batchItemFailures":[{"itemIdentifier":null}]}', "failure"],
    ['{"batchItemFailures":[{"itemIdentifier":"a"},{"id":"b"}]}', "failure"],
    ['{"batchItemFailures":{"itemIdentifier":"a"}}', "failure"],
    ["not json", "failure"],
    [undefined, "failure"],
  ]
  for (const [payload, verdict] of cases) expect(readBatchResponse(payload), payload).toEqual(verdict)
})
