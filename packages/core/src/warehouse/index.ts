import {
  BatchExecuteStatementCommand,
  ExecuteStatementCommand,
  type Field,
  GetStatementResultCommand,
  type GetStatementResultResponse,
  type SqlParameter,
} from "@aws-sdk/client-redshift-data"
import { redshift } from "../sdk.ts"
import { config } from "../config.ts"
import { startBudget } from "./budget.ts"
import { answered, refusalOf } from "./failure.ts"
import { type Columns, decoder, type RowOf } from "./row.ts"
import { finished, waitSeconds } from "./wait.ts"

export { withRemaining } from "./budget.ts"
export type { Columns, RowOf } from "./row.ts"

/** Named parameters (`:name`). The API knows neither NULL nor the empty string: leave the condition out of the SQL instead. */
export type Parameters = Readonly<Record<string, string | number>>

export interface QueryResult<C extends Columns> {
  /** Id of the statement in the Data API: what ran, and when, can be looked up under it for a day. */
  statementId: string
  rows: RowOf<C>[]
  /** Whether there were more rows than were read. */
  truncated: boolean
}

/** A Lambda answers at most 6 MB; more rows than this are not an answer but an export. */
const MAX_ROWS = 5_000
const MAX_BYTES = 4_500_000
/** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_BatchExecuteStatement.html */
export const MAX_STATEMENTS = 40
export const MAX_STATEMENT_BYTES = 100_000

function parametersOf(parameters: Parameters): SqlParameter[] | undefined {
  const list = Object.entries(parameters).map(([name, value]) => {
    if (value === "") throw new Error(`Parameter ${name} is empty, which the Data API refuses: leave its condition out.`)
    return { name, value: String(value) }
  })
  return list.length > 0 ? list : undefined // an empty list is refused as well
}

const target = () => ({ WorkgroupName: config("WAREHOUSE_WORKGROUP"), Database: config("WAREHOUSE_DATABASE") })

/** The server keeps only so many callers waiting at once; then the statement is submitted without waiting and asked for instead. */
async function submit<T>(send: (wait: number | undefined) => Promise<T>, wait: number | undefined): Promise<T> {
  try {
    return await send(wait)
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "ActiveWaitingRequestsExceededException" && wait !== undefined)
      return submit(send, undefined)
    throw refusalOf(thrown)
  }
}

/** A rough size of a field as JSON; exact enough to stay below Lambda's limit. */
const weight = (field: Field): number => (field.stringValue?.length ?? 8) + 4

/**
 * Runs one SELECT and reads its rows, decoded by the declared columns; at most `maxRows` (default and cap 5,000) and 4.5 MB, else `truncated`.
 * Waits on the server; when the invocation's time runs out it cancels and throws `unavailable.query_timeout`. Never throws what Redshift said.
 */
export async function query<C extends Columns>(
  sql: string,
  parameters: Parameters,
  columns: C,
  options: { name?: string; maxRows?: number } = {},
): Promise<QueryResult<C>> {
  const { leftMs } = startBudget()
  const input = { ...target(), Sql: sql, Parameters: parametersOf(parameters), StatementName: options.name }
  const answer = await submit(
    (WaitTimeSeconds) => redshift().send(new ExecuteStatementCommand({ ...input, WaitTimeSeconds })),
    waitSeconds(leftMs()),
  )
  const statementId = answer.Id!
  await finished({ id: statementId, status: answer.Status }, { leftMs, onTimeout: "cancel" })
  return { statementId, ...(await read(statementId, columns, Math.min(options.maxRows ?? MAX_ROWS, MAX_ROWS))) }
}

async function read<C extends Columns>(
  id: string,
  columns: C,
  maxRows: number,
): Promise<{ rows: RowOf<C>[]; truncated: boolean }> {
  const rows: RowOf<C>[] = []
  let bytes = 0
  let token: string | undefined
  do {
    const page: GetStatementResultResponse = await answered(
      redshift().send(new GetStatementResultCommand({ Id: id, NextToken: token })),
    )
    const decode = decoder(columns, page.ColumnMetadata ?? [])
    for (const record of page.Records ?? []) {
      bytes += record.reduce((sum, field) => sum + weight(field), 0)
      if (rows.length === maxRows || bytes > MAX_BYTES) return { rows, truncated: true }
      rows.push(decode(record))
    }
    token = page.NextToken
  } while (token)
  return { rows, truncated: false }
}

/**
 * Runs statements as one transaction: all or none. The same `clientToken` within 8 hours is the same run, whoever asks, so a repeat returns its outcome.
 * On time-out it is cancelled, or left running (`onTimeout: "leave"`) for a repeat to find. Returns the statement's id.
 */
export async function transaction(
  sqls: readonly string[],
  options: { name: string; clientToken?: string; parameters?: Parameters; onTimeout?: "cancel" | "leave" },
): Promise<string> {
  if (sqls.length > MAX_STATEMENTS || sqls.some((sql) => Buffer.byteLength(sql) > MAX_STATEMENT_BYTES))
    throw new Error(`${options.name}: a batch takes ${MAX_STATEMENTS} statements of ${MAX_STATEMENT_BYTES} bytes. Split it.`)
  const { leftMs } = startBudget()
  const input = {
    ...target(),
    Sqls: [...sqls],
    Parameters: parametersOf(options.parameters ?? {}),
    StatementName: options.name,
    ClientToken: options.clientToken,
  }
  const answer = await submit(
    (WaitTimeSeconds) => redshift().send(new BatchExecuteStatementCommand({ ...input, WaitTimeSeconds })),
    waitSeconds(leftMs()),
  )
  await finished({ id: answer.Id!, status: answer.Status }, { leftMs, onTimeout: options.onTimeout ?? "cancel" })
  return answer.Id!
}
