import fc from "fast-check"
import { number, of, often, plainNumber, plainText, value, wellFormed } from "./dynamodb-arbitrary-values.ts"

/** An expression with the names and values that it uses. */
export interface Expression {
  text: string
  names: Record<string, string>
  values: Record<string, any>
}

const NAMES: Record<string, string> = {
  "#s": "size",
  "#n": "name",
  "#d": "x.y",
  "#a": "a",
  "#g": "group",
  "#p": "pk",
  "#r": "rank",
}
export const path = often(
  of("a", "b", "c", "#s", "#n", "#d", "#a", "a.b", "b[0]", "c.a", "a[1]", "#g", "label"),
  of("size", "name", "#p", "a.b.c[2]", "#missing", "a..b", "sk", "_x", "1a"),
  24,
)

const withNames = (text: string, values: Record<string, any> = {}): Expression => ({
  text,
  values,
  names: Object.fromEntries((text.match(/#\w+/g) ?? []).flatMap((name) => (NAMES[name] ? [[name, NAMES[name]]] : []))),
})

/** `?` in a pattern takes the next value. */
export const pattern = (template: string, ...values: any[]): Expression => {
  const given: Record<string, any> = {}
  let count = 0
  const text = template.replaceAll("?", () => {
    const name = `:v${count}`
    given[name] = values[count++]
    return name
  })
  return withNames(text, given)
}

export const rename = (expression: Expression, prefix: string): Expression => ({
  ...expression,
  text: expression.text.replaceAll(":v", `:${prefix}v`),
  values: Object.fromEntries(Object.entries(expression.values).map(([name, one]) => [name.replace(":v", `:${prefix}v`), one])),
})

const both = (word: string, left: Expression, right: Expression): Expression => {
  const [l, r] = [rename(left, "l"), rename(right, "r")]
  return { text: `(${l.text}) ${word} (${r.text})`, names: { ...l.names, ...r.names }, values: { ...l.values, ...r.values } }
}

const simpleValue = fc.oneof({ arbitrary: wellFormed(value), weight: 30 }, { arbitrary: number.map((N) => ({ N })), weight: 30 })
const comparison = fc.oneof(
  fc.tuple(path, of("=", "<>", "<", "<=", ">", ">="), simpleValue).map(([p, o, v]) => pattern(`${p} ${o} ?`, v)),
  fc.tuple(path, of("=", "<>", "<", ">="), path).map(([p, o, q]) => withNames(`${p} ${o} ${q}`)),
  fc.tuple(path, simpleValue, simpleValue).map(([p, v, u]) => pattern(`${p} BETWEEN ? AND ?`, v, u)),
  fc.tuple(path, simpleValue, simpleValue).map(([p, v, u]) => pattern(`${p} IN (?, ?)`, v, u)),
  path.map((p) => withNames(`attribute_exists(${p})`)),
  path.map((p) => withNames(`attribute_not_exists(${p})`)),
  fc
    .tuple(path, of("S", "N", "SS", "L", "M", "BOOL", "NULL", "ZZ"))
    .map(([p, t]) => pattern(`attribute_type(${p}, ?)`, { S: t })),
  fc.tuple(path, simpleValue).map(([p, v]) => pattern(`begins_with(${p}, ?)`, v)),
  fc.tuple(path, simpleValue).map(([p, v]) => pattern(`contains(${p}, ?)`, v)),
  fc.tuple(path, of("=", ">", "<="), plainNumber).map(([p, o, n]) => pattern(`size(${p}) ${o} ?`, { N: n })),
)
const broken = of(
  "a =",
  "a = :missing",
  "a = b = c",
  "",
  "attribute_exists(a, b)",
  "size(a)",
  "unknown(a)",
  "a AND b",
  "(a = b",
).map((t) => withNames(t))
export const condition: fc.Arbitrary<Expression> = often(
  fc.oneof(
    { arbitrary: comparison, weight: 50 },
    { arbitrary: fc.tuple(of("AND", "OR"), comparison, comparison).map(([w, l, r]) => both(w, l, r)), weight: 20 },
    { arbitrary: comparison.map((one) => ({ ...one, text: `NOT ${one.text}` })), weight: 10 },
  ),
  broken,
  20,
)

/** `SET a.b = a`: dynalite puts the map into itself and never answers. */
const isIntoItself = (target: string, source: string): boolean => {
  const plain = (one: string) => one.replace("#a", "a")
  return (
    plain(target) !== plain(source) &&
    /^[.[]/.test(plain(target).slice(plain(source).length)) &&
    plain(target).startsWith(plain(source))
  )
}
const twoPaths = fc.tuple(path, path).filter(([p, q]) => !isIntoItself(p, q))

const setClause = fc.oneof(
  fc.tuple(path, value).map(([p, v]) => pattern(`${p} = ?`, v)),
  fc.tuple(path, path, of("+", "-"), number).map(([p, q, o, n]) => pattern(`${p} = ${q} ${o} ?`, { N: n })),
  fc.tuple(twoPaths, value).map(([[p, q], v]) => pattern(`${p} = if_not_exists(${q}, ?)`, v)),
  fc
    .tuple(path, path, fc.array(wellFormed(value), { maxLength: 2 }))
    .map(([p, q, L]) => pattern(`${p} = list_append(${q}, ?)`, { L })),
  twoPaths.map(([p, q]) => withNames(`${p} = ${q}`)),
)
const joinClauses = (word: string, clauses: Expression[]): Expression => {
  const own = clauses.map((clause, index) => rename(clause, `${word[0]!.toLowerCase()}${index}`))
  return {
    text: `${word} ${own.map(({ text: one }) => one).join(", ")}`,
    names: Object.assign({}, ...own.map(({ names }) => names)),
    values: Object.assign({}, ...own.map(({ values }) => values)),
  }
}
const set = fc.array(setClause, { minLength: 1, maxLength: 2 }).map((clauses) => joinClauses("SET", clauses))
const remove = fc.array(path, { minLength: 1, maxLength: 2 }).map((paths) =>
  joinClauses(
    "REMOVE",
    paths.map((p) => withNames(p)),
  ),
)
const collection = fc.oneof(
  number.map((N) => ({ N })),
  fc.uniqueArray(plainText, { minLength: 1, maxLength: 2 }).map((SS) => ({ SS })),
  fc.uniqueArray(plainNumber, { minLength: 1, maxLength: 2 }).map((NS) => ({ NS })),
  wellFormed(value),
)
const add = fc.tuple(path, collection).map(([p, v]) => joinClauses("ADD", [pattern(`${p} ?`, v)]))
const remove2 = fc.tuple(path, collection).map(([p, v]) => joinClauses("DELETE", [pattern(`${p} ?`, v)]))
const together = (parts: Expression[]): Expression => ({
  text: parts.map(({ text: one }) => one).join(" "),
  names: Object.assign({}, ...parts.map(({ names }) => names)),
  values: Object.assign({}, ...parts.map(({ values }) => values)),
})
export const update: fc.Arbitrary<Expression> = often(
  fc.oneof(
    { arbitrary: set, weight: 50 },
    { arbitrary: remove, weight: 20 },
    { arbitrary: add, weight: 20 },
    { arbitrary: remove2, weight: 10 },
    { arbitrary: fc.tuple(set, remove).map(together), weight: 20 },
    { arbitrary: fc.tuple(set, add).map(together), weight: 10 },
  ),
  of("", "SET", "SET a", "SET a = b +", "REMOVE", "ADD a", "SET a = :v0 SET b = :v0", "PUT a = b").map((t) => withNames(t)),
  25,
)

export const projection = fc
  .oneof(
    { arbitrary: fc.uniqueArray(path, { minLength: 1, maxLength: 3 }), weight: 80 },
    { arbitrary: of(["a", "a.b"], ["a", "#a"], [""]), weight: 10 },
  )
  .map((paths) => withNames(paths.join(", ")))

/** Members of a request for expressions; without names or values where there are none, as clients send them. */
export function members(expressions: Record<string, Expression | undefined>): Record<string, any> {
  const parts = Object.entries(expressions).flatMap(([name, one], index) =>
    one ? [[name, rename(one, `e${index}`)] as const] : [],
  )
  const names = Object.assign({}, ...parts.map(([, one]) => one.names))
  const values = Object.assign({}, ...parts.map(([, one]) => one.values))
  return {
    ...Object.fromEntries(parts.map(([name, one]) => [name, one.text])),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  }
}
