import { refusalOf, ruleOf } from "../functions/index.ts"
import { overOf, type Call } from "../functions/rule.ts"
import { isCall, readCall } from "./calls.ts"
import { NotSimulated, SqlError } from "./error.ts"
import { needsQuotes } from "./names.ts"
import { findTop, literal, operandEnd, quote, startsWith } from "./scan.ts"
import { castTo, parseType } from "./types.ts"
import type { Token } from "./tokens.ts"

export interface Context {
  /** The transaction's time as a literal `YYYY-MM-DD HH:MM:SS.ffffff`; undefined where text is kept (a view, a default), so that it asks the clock each time. */
  now?: string
  /** The database user that runs it; undefined where text is kept, which would name who made it. */
  user?: string
  /** Names of the parameters met. */
  parameters: Set<string>
  /** Set when kept text asks the clock. */
  usesClock?: boolean
}

const SYSTEM_TABLES: Record<string, string> = {
  SVV_TABLES: "redshift_system.svv_tables",
  SVV_COLUMNS: "redshift_system.svv_columns",
}
/** Words that name who is asking. https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_USER.html */
const USERS = new Set(["CURRENT_USER", "SESSION_USER", "USER"])
const UNITS: Record<string, number> = {
  second: 1_000_000,
  seconds: 1_000_000,
  minute: 60_000_000,
  minutes: 60_000_000,
  hour: 3_600_000_000,
  hours: 3_600_000_000,
  day: 86_400_000_000,
  days: 86_400_000_000,
}

/** Engine SQL of any run of tokens that is not itself a statement: a rule per construct, everything else as it stands. */
export function expression(tokens: readonly Token[], context: Context): string {
  return new Writer(tokens, context).write()
}

class Writer {
  private readonly out: string[] = []
  private at = 0

  constructor(
    private readonly tokens: readonly Token[],
    private readonly context: Context,
  ) {}

  write(): string {
    while (this.at < this.tokens.length) this.step(this.tokens[this.at]!)
    return this.out.join(" ")
  }

  private step(token: Token): void {
    const { tokens, at } = this
    if (token.kind === "parameter") {
      this.context.parameters.add(token.text)
      return this.push(`$p_${token.text}`, 1)
    }
    if (token.kind === "word") return this.word(token)
    if (token.key === "::") return this.castSuffix()
    if (token.key === "/" || token.key === "%") return this.divide(token)
    if (token.key === "*" && startsWith(tokens, at + 1, "INTERVAL") && tokens[at + 2]?.kind === "string")
      return this.timesInterval()
    if (token.key === "~" || token.key === "!~") return this.match(token.key === "!~", 1, (pattern) => `(?s).*(?:${pattern}).*`)
    this.push(token.text, 1)
  }

  private word(token: Token): void {
    const { tokens, at } = this
    const { key } = token
    if (key.startsWith("#")) return this.push(`"${token.text.toLowerCase()}"`, 1)
    if (key === "PUBLIC" && tokens[at + 1]?.key === "." && tokens[at - 1]?.key !== ".") return this.push("main", 1)
    if (key === "MINUS" && (tokens[at + 1]?.key === "SELECT" || tokens[at + 1]?.key === "(")) return this.push("EXCEPT", 1)
    if (key === "SYSDATE" && tokens[at - 1]?.key !== ".") return this.push(this.clock("TIMESTAMP", 26, "sysdate()"), 1)
    if (USERS.has(key) && tokens[at - 1]?.key !== "." && tokens[at + 1]?.key !== ".") return this.push(this.userName(key), 1)
    if (key === "CURRENT_DATE") return this.push(this.clock("DATE", 10, "CAST(sysdate() AS DATE)"), 1)
    if (startsWith(tokens, at, "GETDATE", "(", ")")) return this.push(this.clock("TIMESTAMP", 19, "getdate()"), 3)
    if (key === "APPROXIMATE" && tokens[at + 1]?.key === "COUNT") return this.approximateCount()
    if (key === "APPROXIMATE") return this.push("", 1)
    if (key === "SIMILAR" && tokens[at + 1]?.key === "TO") {
      const not = this.out.at(-1)?.toUpperCase() === "NOT"
      if (not) this.out.pop()
      return this.match(not, 2, similarPattern)
    }
    if (SYSTEM_TABLES[key] && tokens[at - 1]?.key !== ".") return this.push(SYSTEM_TABLES[key], 1)
    if (needsQuotes(tokens, at)) return this.push(`"${token.text.toLowerCase()}"`, 1)
    if (isCall(tokens, at)) return this.call()
    this.push(token.text, 1)
  }

  private call(): void {
    const { call: read, end } = readCall(this.tokens, this.at)
    const call: Call = { ...read, sql: (part) => expression(part, this.context) }
    this.push(
      call.name === "CAST" || call.name === "TRY_CAST" || call.name === "CONVERT" ? this.castCall(call) : callText(call),
      end - this.at,
    )
  }

  private castCall(call: Call): string {
    if (call.name === "CONVERT") {
      if (call.args.length !== 2) throw new SqlError(`syntax error at or near "CONVERT"`)
      return castTo(parseType(call.args[0]!, 0, "cast"), call.sql(call.args[1]!))
    }
    const arg = call.args.flatMap((part, i) =>
      i ? [{ kind: "operator" as const, text: ",", key: ",", start: 0 }, ...part] : part,
    )
    const as = findTop(arg, ["AS"])
    if (as < 0) throw new SqlError(`syntax error at or near "${call.name}"`)
    const type = parseType(arg, as + 1, "cast")
    if (type.end !== arg.length) throw new SqlError(`syntax error at or near "${arg[type.end]!.text}"`)
    const text = castTo(type, call.sql(arg.slice(0, as)))
    return call.name === "TRY_CAST" ? text.replace(/^((?:cut_bytes\()?)CAST/, "$1TRY_CAST") : text
  }

  /** COUNT(DISTINCT x) keeps only x. */
  private approximateCount(): void {
    const { call, end } = readCall(this.tokens, this.at + 1)
    const distinct = call.args[0]?.[0]?.key === "DISTINCT"
    if (!distinct) throw new NotSimulated("APPROXIMATE COUNT without DISTINCT")
    this.push(`approx_count_distinct(${expression(call.args[0]!.slice(1), this.context)})`, end - this.at)
  }

  private castSuffix(): void {
    const type = parseType(this.tokens, this.at + 1, "cast")
    const operand = this.takeOperand()
    this.push(castTo(type, operand), type.end - this.at)
  }

  /** Redshift raises on a zero divisor, the engine answers NULL. */
  private divide(token: Token): void {
    const end = operandEnd(this.tokens, this.at + 1)
    const divisor = this.tokens.slice(this.at + 1, end)
    const text = expression(divisor, this.context)
    const safe = divisor.length === 1 && divisor[0]!.kind === "number" && Number(divisor[0]!.text) !== 0
    this.out.push(token.text)
    this.push(safe ? text : `nonzero(${text})`, end - this.at)
  }

  /** The engine multiplies intervals by 32-bit integers only, which ends before 1902: seconds are counted in 64 bits instead. */
  private timesInterval(): void {
    const [amount, unit] = literal(this.tokens[this.at + 2]!)
      .trim()
      .split(/\s+/)
    const micros = UNITS[unit?.toLowerCase() ?? ""]
    if (!micros || !/^\d+$/.test(amount ?? "")) throw new NotSimulated(`x * INTERVAL '${literal(this.tokens[this.at + 2]!)}'`)
    const operand = this.takeOperand()
    this.push(`to_microseconds(CAST((${operand}) * CAST(${Number(amount) * micros} AS BIGINT) AS BIGINT))`, 3)
  }

  /** The engine's ~ and SIMILAR TO match the whole text with plain regular expressions, so the pattern must be known. */
  private match(not: boolean, length: number, pattern: (text: string) => string): void {
    const token = this.tokens[this.at + length]
    if (token?.kind !== "string") throw new NotSimulated("a pattern that is not a literal behind ~ or SIMILAR TO")
    const operand = this.takeOperand()
    this.push(`(${not ? "NOT " : ""}regexp_full_match(${operand}, ${quote(pattern(literal(token)))}))`, length + 1)
  }

  private userName(word: string): string {
    if (this.context.user === undefined) throw new NotSimulated(`${word} in a view or a default`)
    return quote(this.context.user)
  }

  private clock(type: string, length: number, kept: string): string {
    if (this.context.now) return `${type} '${this.context.now.slice(0, length)}'`
    this.context.usesClock = true
    return kept
  }

  private push(text: string, consumed: number): void {
    if (text) this.out.push(text)
    this.at += consumed
  }

  /** Takes back the operand that was written last: a bracket with what it belongs to, or a name with its dots. */
  private takeOperand(): string {
    let from = this.out.length - 1
    if (this.out[from] === ")") {
      for (let depth = 0; from >= 0; from--) {
        if (this.out[from] === ")") depth++
        else if (this.out[from] === "(" && --depth === 0) break
      }
    }
    if (this.out[from] === "END") {
      for (let depth = 0; from >= 0; from--) {
        const word = this.out[from]!.toUpperCase()
        if (word === "END") depth++
        else if (word === "CASE" && --depth === 0) break
      }
    }
    while (this.out[from - 1] === ".") from -= 2
    // DATE '2024-01-01'::timestamp is a cast of the whole literal.
    if (this.out[from]?.startsWith("'") && /^(?:DATE|TIMESTAMP)$/i.test(this.out[from - 1] ?? "")) from--
    if (from < 0) throw new SqlError(`syntax error at or near "${this.tokens[this.at]?.text}"`)
    return this.out.splice(from).join(" ")
  }
}

function callText(call: Call): string {
  const rule = ruleOf(call.name)
  if (!rule) throw new NotSimulated(refusalOf(call.name))
  if (call.args.length < rule.min || call.args.length > rule.max)
    throw new SqlError(`function ${call.name.toLowerCase()} does not take ${call.args.length} arguments`)
  const problem = rule.problem?.(call)
  if (problem) throw new NotSimulated(problem)
  if (rule.rewrite) return rule.rewrite(call) + (rule.kind === "aggregate" && call.name === "HLL" ? overOf(call) : "")
  const within = call.within ? ` WITHIN GROUP (${call.sql(call.within)})` : ""
  return `${call.name}(${call.args.map(call.sql).join(", ")})${within}${overOf(call)}`
}

/** SQL's % and _ are the only wildcards; the rest of the pattern is a regular expression. */
const similarPattern = (pattern: string): string =>
  `(?s)${pattern.replaceAll(/[.^$]/g, "\\$&").replaceAll("%", ".*").replaceAll("_", ".")}`
