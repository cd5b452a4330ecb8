import { NotSimulated, SqlError } from "../sql/error.ts"
import { closing, identifier, literal, startsWith, unexpected } from "../sql/scan.ts"
import { readTable } from "./names.ts"
import type { Planner } from "./plan.ts"

/** COPY table [(columns)] FROM 's3://…' IAM_ROLE default|'arn' FORMAT AS PARQUET [MANIFEST]. Other formats and options are refused. */
export const copy: Planner = (tokens) => {
  const { name, sql: table, end } = readTable(tokens, 1)
  let at = end
  let columns: string[] | undefined
  if (tokens[at]?.key === "(") {
    const close = closing(tokens, at)
    columns = tokens
      .slice(at + 1, close)
      .filter((token) => token.key !== ",")
      .map(identifier)
    at = close + 1
  }
  if (tokens[at]?.key !== "FROM" || tokens[at + 1]?.kind !== "string") throw new SqlError(unexpected(tokens[at]))
  const from = literal(tokens[at + 1]!)
  if (!/^s3:\/\/[^/]+\/.+/.test(from)) throw new NotSimulated(`COPY FROM '${from}' (only s3://bucket/key)`)
  let role: string | undefined
  let parquet = false
  let manifest = false
  for (at += 2; at < tokens.length;) {
    const { key, text } = tokens[at]!
    if (key === "IAM_ROLE") {
      const value = tokens[at + 1]
      if (!value) throw new SqlError(unexpected(value))
      role = value.kind === "string" ? literal(value) : value.key === "DEFAULT" ? "default" : undefined
      at += 2
    } else if (startsWith(tokens, at, "FORMAT", "AS")) at += 2
    else if (key === "FORMAT") at++
    else if (key === "PARQUET" || key === "MANIFEST") {
      parquet ||= key === "PARQUET"
      manifest ||= key === "MANIFEST"
      at++
    } else if (key === "COMPUPDATE" || key === "STATUPDATE") at += 2
    else throw new NotSimulated(`COPY … ${text}`)
  }
  if (!parquet) throw new NotSimulated("COPY of anything but PARQUET")
  if (!role) throw new SqlError("COPY needs IAM_ROLE default or IAM_ROLE 'arn'")
  return {
    command: "COPY",
    steps: [{ kind: "copy", copy: { target: name, table, columns, from, manifest, role } }],
    needs: [{ kind: "use", on: name, any: ["INSERT"] }],
    writes: true,
    rows: false,
  }
}
