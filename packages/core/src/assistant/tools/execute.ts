import type { DocumentType } from "@smithy/types"
import type { ToolResultBlock } from "@aws-sdk/client-bedrock-runtime"
import * as Analytics from "../../analytics/index.ts"
import { AppError, toAppError } from "../../error.ts"
import { detailsOf } from "../../fn.ts"
import { log } from "../../logger.ts"
import type { Receipt } from "../../run/event.ts"
import { beginning, storable, storableText } from "../../run/storable.ts"
import { MESSAGE_CHARACTERS, MODEL_BYTES, MODEL_ROWS, RECEIPT_BYTES, RECEIPT_ROWS } from "../limits.ts"
import { type Tool, TOOLS } from "./index.ts"

type Row = Record<string, unknown>
type Rows = Pick<Analytics.Result, "statementId" | "sql" | "params" | "loadedAt" | "truncated"> & { rows: Row[] }
/** How a tool's statement is answered. */
export type Query = (statement: Tool["statement"], params: Row) => Promise<Rows>
const ask: Query = (statement, params) => Analytics.run(statement, params)

/** A call as the model made it. `json` is its input as received, not parsed yet; of one that was too long nothing is left. */
export interface Call {
  id: string
  name: string
  json: string
  isCut?: boolean
}

export interface Outcome {
  result: ToolResultBlock
  receipt?: Receipt
  error?: { code: string; message: string }
}

/** The first rows that fit into so many rows and bytes. NULLs are left out: they say nothing and cost tokens. */
function bounded(rows: Row[], most: number, bytes: number): Row[] {
  const kept: Row[] = []
  let left = bytes
  for (const row of rows.slice(0, most)) {
    left -= Buffer.byteLength(JSON.stringify(row)) + 1
    if (left < 0) break
    kept.push(row)
  }
  return kept
}

const withoutNulls = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))

/** What is said of an input repeats parts of it, and those may be of any size. */
function refused(call: Call, code: string, said: string): Outcome {
  const message = storableText(beginning(said, MESSAGE_CHARACTERS))
  return { result: { toolUseId: call.id, status: "error", content: [{ text: message }] }, error: { code, message } }
}

/** The input as an object, or undefined: an input that was cut is not JSON. */
export function inputOf({ json, isCut }: Call): Row | undefined {
  if (isCut) return undefined
  try {
    const input: unknown = JSON.parse(json || "{}")
    return typeof input === "object" && input !== null && !Array.isArray(input) ? (input as Row) : undefined
  } catch {
    return undefined
  }
}

/** Runs one call of the model. Whatever is wrong with it is told to the model as the tool's error; nothing is run then. */
export async function execute(call: Call, query: Query = ask): Promise<Outcome> {
  const tool = TOOLS.find(({ name }) => name === call.name)
  if (!tool)
    return refused(
      call,
      "input.tool",
      `There is no tool ${call.name.slice(0, 64)}. There are: ${TOOLS.map(({ name }) => name).join(", ")}.`,
    )
  const raw = storable(inputOf(call))
  if (!raw) return refused(call, "input.tool", "The input is not a JSON object. Send it again, complete.")
  const input = tool.input.safeParse(raw)
  if (!input.success) {
    const problems = detailsOf(input.error).map(({ path, message }) => `${path || "input"}: ${message}`)
    return refused(call, "input.tool", `The input was refused. ${problems.join("; ")}`)
  }
  try {
    const found = await query(tool.statement, tool.toParams(input.data))
    const rows = bounded(found.rows.map(withoutNulls), MODEL_ROWS, MODEL_BYTES)
    const truncated = found.truncated || rows.length < found.rows.length
    const { statementId, sql, params, loadedAt } = found
    return {
      result: {
        toolUseId: call.id,
        status: "success",
        content: [{ json: { rows, rowCount: found.rows.length, truncated } as DocumentType }],
      },
      receipt: { tool: tool.name, statementId, sql, params, rows: bounded(found.rows, RECEIPT_ROWS, RECEIPT_BYTES), loadedAt },
    }
  } catch (thrown) {
    const error = toAppError(thrown)
    if (!(thrown instanceof AppError) || error.kind === "internal") log.error("tool failed", { tool: tool.name, error: thrown })
    return refused(call, error.code, error.message)
  }
}
