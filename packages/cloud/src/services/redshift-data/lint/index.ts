import { NotSimulated, SqlError } from "../sql/error.ts"
import { splitCommas, closing, startsWith } from "../sql/scan.ts"
import { tokenize, type Token } from "../sql/tokens.ts"
import { plan } from "../statements/index.ts"
import { badCall } from "./calls.ts"
import { untypedOutput } from "./query.ts"
import { RESERVED } from "./reserved.ts"
import { foreignWord } from "./words.ts"

/** Something that would be refused, or answered differently, by Redshift or by the local engine. */
export interface Problem {
  /** What it is and what to write instead. */
  message: string
  /** Offset in the SQL. */
  at: number
}

export interface LintOptions {
  /** One statement of a BatchExecuteStatement: it runs inside a transaction. */
  batch?: boolean
  /** A query that an API answers with: every output column must say its type. */
  query?: boolean
}

/** Everything in one SQL statement that lies outside what Redshift and the local engine understand alike. Pure: needs no engine. */
export function lint(sql: string, options: LintOptions = {}): Problem[] {
  try {
    const tokens = tokenize(sql)
    const problems = check(tokens, options)
    if (options.query) {
      const bad = untypedOutput(tokens)
      if (bad) problems.push({ message: "an output column without CAST(… AS type) AS lower_snake_name", at: bad.start })
    }
    if (problems.length === 0) plan(sql, "2000-01-01 00:00:00.000000")
    return problems
  } catch (error) {
    if (error instanceof SqlError) return [{ message: error.message.replace(/^NOT_SIMULATED: /, ""), at: 0 }]
    throw error
  }
}

/** Fails with the first problem, as a statement does that is submitted all the same. */
export function refuseProblems(sql: string, options: LintOptions): void {
  const [problem] = check(tokenize(sql), options)
  if (problem) throw new NotSimulated(problem.message)
}

function check(tokens: readonly Token[], options: LintOptions): Problem[] {
  const problems: Problem[] = []
  const add = (message: string | undefined, token: Token | undefined) => {
    if (message) problems.push({ message, at: token?.start ?? 0 })
  }
  if (options.batch) add(transactionProblem(tokens), tokens[0])
  add(reservedColumn(tokens), tokens[0])
  for (const [at, token] of tokens.entries()) {
    add(foreignWord(tokens, at), token)
    if (token.kind === "word" || token.kind === "quoted") add(badCall(tokens, at), token)
    if (token.kind === "parameter") add(bareParameter(tokens, at), token)
    if (token.kind === "string") add(fileAsTable(tokens, at), token)
  }
  return problems
}

function transactionProblem(tokens: readonly Token[]): string | undefined {
  const first = tokens[0]?.key
  if (first === "TRUNCATE") return "TRUNCATE in a batch (it commits the transaction): write DELETE FROM"
  if (first === "VACUUM") return "VACUUM in a batch (it cannot run in a transaction)"
  if (first === "ALTER" && tokens.some((token) => token.key === "APPEND"))
    return "ALTER TABLE APPEND in a batch (it cannot run in a transaction)"
  return undefined
}

/** The engine multiplies no text, so arithmetic on a parameter needs a type. */
function bareParameter(tokens: readonly Token[], at: number): string | undefined {
  const arithmetic = (token: Token | undefined) =>
    token !== undefined && token.kind === "operator" && ["+", "-", "*", "/", "%"].includes(token.key)
  return arithmetic(tokens[at - 1]) || arithmetic(tokens[at + 1])
    ? `arithmetic on :${tokens[at]!.text} without a type: write CAST(:${tokens[at]!.text} AS type)`
    : undefined
}

/** FROM 'file' reads a file in the engine; in TRIM, SUBSTRING, EXTRACT, POSITION and COPY a text behind FROM is what it looks like. */
function fileAsTable(tokens: readonly Token[], at: number): string | undefined {
  if (!["FROM", "JOIN"].includes(tokens[at - 1]?.key ?? "") || tokens[0]?.key === "COPY") return undefined
  for (let i = at - 1, depth = 0; i >= 0; i--) {
    if (tokens[i]!.key === ")") depth++
    else if (tokens[i]!.key === "(" && --depth < 0)
      return ["TRIM", "SUBSTRING", "EXTRACT", "POSITION"].includes(tokens[i - 1]?.key ?? "") ? undefined : "FROM 'file'"
  }
  return "FROM 'file'"
}

function reservedColumn(tokens: readonly Token[]): string | undefined {
  if (tokens[0]?.key !== "CREATE") return undefined
  const table = tokens.findIndex((token) => token.key === "TABLE")
  const open = tokens.findIndex((token, i) => i > table && token.key === "(")
  if (
    table < 0 ||
    table > 4 ||
    open < 0 ||
    tokens.slice(table, open).some((token) => token.key === "AS") ||
    startsWith(tokens, open + 1, "LIKE")
  )
    return undefined
  const names = splitCommas(tokens.slice(open + 1, closing(tokens, open))).map((item) => item[0])
  const bad = names.find(
    (name) =>
      name?.kind === "word" && RESERVED.has(name.key) && !["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN"].includes(name.key),
  )
  return bad && `${bad.text} as a column name (a reserved word in Redshift)`
}
