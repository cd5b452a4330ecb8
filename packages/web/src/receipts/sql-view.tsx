import { CopyButton } from "../ui/copy-button.tsx"
import { formatSql, sqlTokens } from "./format-sql.ts"

/** The statement that ran and the values it was given. */
export function SqlView({ sql, params }: { sql: string; params: Record<string, unknown> }) {
  const text = formatSql(sql)
  const given = Object.entries(params ?? {})
  return (
    <div className="sql-view">
      <div className="sql-box">
        <pre tabIndex={0} role="group" aria-label="SQL" data-testid="receipt-sql">
          <code>
            {sqlTokens(text).map((token, index) =>
              token.kind === "plain" ? (
                token.text
              ) : (
                <span key={index} className={`sql-${token.kind}`}>
                  {token.text}
                </span>
              ),
            )}
          </code>
        </pre>
        <div className="sql-copy">
          <CopyButton text={text} label="Copy the SQL" />
        </div>
      </div>
      {given.length > 0 && (
        <dl className="params">
          {given.map(([name, value]) => (
            <div key={name}>
              <dt>:{name}</dt>
              <dd>{value === "" ? "(empty)" : typeof value === "string" ? value : JSON.stringify(value ?? null)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}
