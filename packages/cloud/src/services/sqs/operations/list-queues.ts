import { readToken, writeToken } from "../../page-token.ts"
import { invalidParameter, invalidValue } from "../errors.ts"
import { type Input, integer, type Operation, queueUrl, unlessEmpty } from "./operation.ts"

const MAX_RESULTS = 1_000

/** One page of the names that `all` gives for a filter, and the token of the next; the token keeps the filter. */
export function pageOf<Filter extends Record<string, unknown>>(
  all: (filter: Filter) => readonly string[],
  given: Filter,
  input: Input,
): { page: string[]; NextToken?: string } {
  const max = integer(input, "MaxResults", (value) =>
    Number(value) < 1 || Number(value) > MAX_RESULTS
      ? invalidValue(value, "MaxResults", `MaxResults must be an integer between 1 and ${MAX_RESULTS}.`)
      : undefined,
  )
  if (input.NextToken && max === undefined)
    throw invalidParameter("MaxResults is a mandatory parameter when you provide a value for NextToken.")
  const token = readToken(input.NextToken, given, (reason) => invalidParameter(`Invalid or expired next token: ${reason}`))
  const asked = token?.asked ?? given
  const left = all(asked)
    .filter((name) => name > String(token?.position ?? ""))
    .toSorted((a, b) => (a < b ? -1 : 1))
  const page = left.slice(0, max ?? MAX_RESULTS)
  const isMore = max !== undefined && page.length < left.length
  return { page, ...(isMore && { NextToken: writeToken(page.at(-1)!, asked) }) }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html */
export const ListQueues: Operation = {
  members: ["QueueNamePrefix", "MaxResults", "NextToken"],
  access: () => [{ action: "sqs:ListQueues", resource: "*" }],
  run({ input, queues, cloud }) {
    const named = ({ QueueNamePrefix = "" }: { QueueNamePrefix?: string }) =>
      queues.all().flatMap(({ name }) => (name.startsWith(QueueNamePrefix) ? [name] : []))
    const { page, NextToken } = pageOf(named, { QueueNamePrefix: input.QueueNamePrefix as string | undefined }, input)
    return { output: { QueueUrls: unlessEmpty(page.map((name) => queueUrl(cloud, name))), NextToken } }
  },
}
