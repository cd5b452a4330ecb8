import { AwsError } from "../../service.ts"
import { queryCode } from "./errors.ts"
import type { Input } from "./operations/operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_ENTRIES = 10

export type Entry = Input & { Id: string }

/** The entries of a batch, or the refusal of the whole batch. `shape` is what one is called. */
export function readEntries(input: Input, shape: string): Entry[] {
  const entries: unknown = input.Entries
  if (!Array.isArray(entries) || entries.length === 0)
    throw new AwsError("EmptyBatchRequest", `There should be at least one ${shape} in the request.`)
  if (entries.length > MAX_ENTRIES)
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`,
    )
  const seen = new Set<string>()
  for (const entry of entries as Entry[]) {
    if (typeof entry?.Id !== "string" || !/^[\w-]{1,80}$/.test(entry.Id))
      throw new AwsError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      )
    if (seen.has(entry.Id)) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${entry.Id} repeated.`)
    seen.add(entry.Id)
  }
  return entries as Entry[]
}

/** How one entry of a batch that succeeded as a whole failed. */
export const failedEntry = ({ Id }: Entry, error: AwsError) => ({
  Id,
  SenderFault: error.status < 500,
  Code: queryCode(error.code),
  Message: error.message,
})

/** Does `run` for every entry; what it throws fails only that entry. */
export function eachEntry(entries: readonly Entry[], run: (entry: Entry) => object): Record<string, unknown> {
  const Successful: object[] = []
  const Failed: object[] = []
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Failed.push(failedEntry(entry, error))
    }
  }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) }
}
