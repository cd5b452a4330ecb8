import { ApiError, type Receipt, type Row } from "@backline/client"
import { useQuery } from "@tanstack/react-query"
import { useServices } from "../services.tsx"

/** The rows of a receipt as it travelled, unless they were left out. */
export const rowsOf = (receipt: Receipt): readonly Row[] | undefined => (receipt.rowsOmitted ? undefined : receipt.rows)

/** The rows of a receipt; those too many to travel with a message are read from the log of its run, once it is opened. */
export function useRows(
  id: string,
  receipt: Receipt,
  runId?: string,
): { rows?: readonly Row[]; error: unknown; retry: () => void } {
  const { client } = useServices()
  const here = rowsOf(receipt)
  const stored = useQuery({
    queryKey: ["run-rows", runId, id],
    enabled: !here && runId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<Row[]> => {
      let after = 0
      for (;;) {
        const { events, next } = await client.runs.events(runId!, after, signal)
        const found = events.find(
          (event) =>
            event.kind === "receipt" &&
            (event.id === id || event.receipt.statementId === receipt.statementId) &&
            event.receipt.rows,
        )
        if (found?.kind === "receipt" && found.receipt.rows) return found.receipt.rows
        if (!next || events.length === 0)
          throw new ApiError(
            "missing.rows",
            "The rows of this receipt are no longer kept. Its SQL still says which they were; ask again to read them.",
          )
        after = events.at(-1)!.offset
      }
    },
  })
  return { rows: here ?? stored.data, error: stored.error, retry: () => void stored.refetch() }
}
