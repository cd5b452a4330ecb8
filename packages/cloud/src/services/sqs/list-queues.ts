import { invalidParameter, invalidValue } from "./errors.ts"
import { integer, type Operation, queueUrl, unlessEmpty } from "./operation.ts"

const MAX_RESULTS = 1_000

/** One page of names, and the token of the next. */
export function pageOf(names: readonly string[], input: Record<string, any>): { page: string[]; NextToken?: string } {
  const max = integer(input, "MaxResults", (value) =>
    Number(value) < 1 || Number(value) > MAX_RESULTS
      ? invalidValue(value, "MaxResults", `MaxResults must be an integer between 1 and ${MAX_RESULTS}.`)
      : undefined,
  )
  const token: unknown = input.NextToken
  if (token && max === undefined)
    throw invalidParameter("MaxResults is a mandatory parameter when you provide a value for NextToken.")
  const after = typeof token === "string" ? Buffer.from(token, "base64").toString("utf8") : ""
  const left = names.filter((name) => name > after).sort((a, b) => (a < b ? -1 : 1))
  const page = left.slice(0, max ?? MAX_RESULTS)
  const isMore = max !== undefined && page.length < left.length
  return { page, ...(isMore && { NextToken: Buffer.from(page.at(-1)!).toString("base64") }) }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html */
export const ListQueues: Operation = {
  members: ["QueueNamePrefix", "MaxResults", "NextToken"],
  access: () => [{ action: "sqs:ListQueues", resource: "*" }],
  run({ input, queues, cloud }) {
    const prefix = String(input.QueueNamePrefix ?? "")
    const names = queues.all().flatMap(({ name }) => (name.startsWith(prefix) ? [name] : []))
    const { page, NextToken } = pageOf(names, input)
    return { output: { QueueUrls: unlessEmpty(page.map((name) => queueUrl(cloud, name))), NextToken } }
  },
}
