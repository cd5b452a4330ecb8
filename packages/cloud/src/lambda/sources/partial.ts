/** What a handler's response says about its batch. */
export type Verdict = "success" | "failure" | { failed: string[] }

/**
 * Reads a batch response as documented: nothing reported is success, an identifier that is missing or empty fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function readBatchResponse(payload: string | undefined): Verdict {
  if (payload === undefined) return "failure"
  let response: any
  try {
    response = JSON.parse(payload)
  } catch {
    return "failure"
  }
  const failures = response?.batchItemFailures
  if (failures === undefined || failures === null || failures === "") return "success"
  if (!Array.isArray(failures)) return "failure"
  if (failures.length === 0) return "success"
  const ids = failures.map((failure) => failure?.itemIdentifier)
  return ids.every((id) => typeof id === "string" && id !== "") ? { failed: ids } : "failure"
}
