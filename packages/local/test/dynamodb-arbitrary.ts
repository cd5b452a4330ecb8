import fc from "fast-check"

/** One call, as it goes over the wire. */
export interface Call {
  operation: string
  body: any
}

export const TABLE = "DIFFERENTIAL"
export const INDEX = "byGroup"
export const LOCAL = "byLabel"

/** The table of all calls: text and number as keys, a global index whose range is a number, a local one. */
export const CREATE = {
  TableName: TABLE,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "N" },
    { AttributeName: "group", AttributeType: "S" },
    { AttributeName: "rank", AttributeType: "N" },
    { AttributeName: "label", AttributeType: "B" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: INDEX,
      KeySchema: [
        { AttributeName: "group", KeyType: "HASH" },
        { AttributeName: "rank", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a", "b"] },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: LOCAL,
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "label", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
}

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 20) =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: rare, weight: 1 })
const of = <T>(...values: T[]) => fc.constantFrom(...values)

const plainText = of("a", "b", "abc", "room#1", "ä", "zürich", "😀", "x".repeat(40))
const text = often(plainText, of("", " ", "\u0000"))
const plainNumber = of("0", "1", "2", "-1", "3.5", "10", "100", "-0.001", "12345678901234567890123456789012345678")
const edgeNumber = of(
  "-0",
  "1.0",
  "1e2",
  "1E-130",
  "9.9999999999999999999999999999999999999E+125",
  "00012",
  "+5",
  "0.00",
  "1e126",
  "1e-131",
  "123456789012345678901234567890123456789",
  "abc",
  "",
  "1 ",
  "NaN",
  "0x10",
)
const number = often(plainNumber, edgeNumber, 16)
const binary = often(of("AA==", "AQI=", "/w==", "aGVsbG8="), of("", "not base64!", "AQI"))

const value: fc.Arbitrary<any> = fc.letrec<{ value: any }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    { arbitrary: text.map((S) => ({ S })), weight: 60 },
    { arbitrary: number.map((N) => ({ N })), weight: 60 },
    { arbitrary: binary.map((B) => ({ B })), weight: 20 },
    { arbitrary: fc.boolean().map((BOOL) => ({ BOOL })), weight: 20 },
    { arbitrary: of({ NULL: true }), weight: 10 },
    {
      arbitrary: often(fc.uniqueArray(plainText, { minLength: 1, maxLength: 3 }), of([], ["a", "a"], [""])).map((SS) => ({
        SS,
      })),
      weight: 20,
    },
    {
      arbitrary: often(fc.uniqueArray(plainNumber, { minLength: 1, maxLength: 3 }), of([], ["1", "1.0"], ["x"])).map((NS) => ({
        NS,
      })),
      weight: 20,
    },
    { arbitrary: often(of(["AA=="], ["AQI=", "/w=="]), of([], ["AA==", "AA=="])).map((BS) => ({ BS })), weight: 10 },
    { arbitrary: fc.array(tie("value"), { maxLength: 3 }).map((L) => ({ L })), weight: 20 },
    {
      arbitrary: fc.dictionary(of("a", "b", "x y"), tie("value"), { maxKeys: 3 }).map((M) => ({ M })),
      weight: 20,
    },
    { arbitrary: of({}, { S: "a", N: "1" }, { NULL: false }, { X: "a" }), weight: 2 },
  ),
})).value

const wellFormed = (arbitrary: fc.Arbitrary<any>) => arbitrary.filter((one) => Object.keys(one).length === 1 && !("X" in one))

const pk = often(of("p1", "p2", "p3"), of("", "p4"), 20).map((S) => ({ S }))
const sk = often(of("1", "2", "3", "4", "-5", "10", "2.5"), edgeNumber, 40).map((N) => ({ N }))
const key = often(
  fc.record({ pk, sk }) as fc.Arbitrary<any>,
  fc.oneof(fc.record({ pk }), fc.record({ pk, sk, more: pk }), fc.record({ pk: sk, sk }), of({})) as fc.Arbitrary<any>,
  25,
)

const others = fc.dictionary(of("a", "b", "c", "size", "name", "x.y"), value, { maxKeys: 4 })
const indexed = fc.record(
  {
    group: often(of("g1", "g2"), of(""), 15).map((S) => ({ S })),
    rank: number.map((N) => ({ N })),
    label: binary.map((B) => ({ B })),
  },
  { requiredKeys: [] },
)
const item = fc
  .tuple(key, others, often(indexed as fc.Arbitrary<any>, fc.record({ group: value }), 15))
  .map(([k, o, i]) => ({ ...o, ...i, ...k }))

/** An expression with the names and values that it uses. */
interface Expression {
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
const path = often(
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
const pattern = (template: string, ...values: any[]): Expression => {
  const given: Record<string, any> = {}
  let count = 0
  const text = template.replaceAll("?", () => {
    const name = `:v${count}`
    given[name] = values[count++]
    return name
  })
  return withNames(text, given)
}

const rename = (expression: Expression, prefix: string): Expression => ({
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
const condition: fc.Arbitrary<Expression> = often(
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
const update: fc.Arbitrary<Expression> = often(
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

const projection = fc
  .oneof(
    { arbitrary: fc.uniqueArray(path, { minLength: 1, maxLength: 3 }), weight: 80 },
    { arbitrary: of(["a", "a.b"], ["a", "#a"], [""]), weight: 10 },
  )
  .map((paths) => withNames(paths.join(", ")))

/** Members of a request for expressions; without names or values where there are none, as clients send them. */
function members(expressions: Record<string, Expression | undefined>): Record<string, any> {
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

const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 20) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 30 }, { arbitrary, weight })
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => maybe(arbitrary, 3)

const table = { TableName: TABLE }
const consumed = maybe(of("TOTAL"), 10).map((detail) => (detail ? { ReturnConsumedCapacity: detail } : {}))
const put = fc
  .tuple(item, maybe(condition, 10), rarely(of("ALL_OLD", "ALL_NEW", "NONE")), consumed)
  .map(([Item, c, ReturnValues, more]) => ({
    operation: "PutItem",
    body: { ...table, Item, ...members({ ConditionExpression: c }), ...(ReturnValues && { ReturnValues }), ...more },
  }))
const updateItem = fc
  .tuple(key, update, maybe(condition, 10), maybe(of("ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "SOME")), consumed)
  .map(([Key, u, c, ReturnValues, more]) => ({
    operation: "UpdateItem",
    body: {
      ...table,
      Key,
      ...members({ UpdateExpression: u, ConditionExpression: c }),
      ...(ReturnValues && { ReturnValues }),
      ...more,
    },
  }))
const deleteItem = fc.tuple(key, maybe(condition, 10), rarely(of("ALL_OLD", "UPDATED_NEW"))).map(([Key, c, ReturnValues]) => ({
  operation: "DeleteItem",
  body: { ...table, Key, ...members({ ConditionExpression: c }), ...(ReturnValues && { ReturnValues }) },
}))
const get = fc.tuple(key, maybe(projection), rarely(fc.boolean()), consumed).map(([Key, p, ConsistentRead, more]) => ({
  operation: "GetItem",
  body: {
    ...table,
    Key,
    ...members({ ProjectionExpression: p }),
    ...(ConsistentRead !== undefined && { ConsistentRead }),
    ...more,
  },
}))

const range = (name: string, given: fc.Arbitrary<any>) =>
  fc.oneof(
    fc.tuple(of("=", "<", "<=", ">", ">="), given).map(([o, v]) => pattern(`${name} ${o} ?`, v)),
    fc.tuple(given, given).map(([v, u]) => pattern(`${name} BETWEEN ? AND ?`, v, u)),
    given.map((v) => pattern(`begins_with(${name}, ?)`, v)),
  )
const hash = (name: string, given: fc.Arbitrary<any>) => given.map((v) => pattern(`${name} = ?`, v))
const keyCondition = (hashName: string, hashes: fc.Arbitrary<any>, rangeName: string, ranges: fc.Arbitrary<any>) =>
  fc.oneof(
    { arbitrary: hash(hashName, hashes), weight: 40 },
    {
      arbitrary: fc.tuple(hash(hashName, hashes), range(rangeName, ranges)).map(([h, r]) => {
        const [l, s] = [rename(h, "l"), rename(r, "r")]
        return { text: `${l.text} AND ${s.text}`, names: { ...l.names, ...s.names }, values: { ...l.values, ...s.values } }
      }),
      weight: 40,
    },
    { arbitrary: range(rangeName, ranges), weight: 3 },
  )
const target = fc.oneof(
  { arbitrary: keyCondition("pk", pk, "sk", sk).map((k) => ({ k, IndexName: undefined })), weight: 40 },
  {
    arbitrary: keyCondition(
      "#g",
      of("g1", "g2").map((S) => ({ S })),
      "#r",
      number.map((N) => ({ N })),
    ).map((k) => ({ k, IndexName: INDEX })),
    weight: 20,
  },
  {
    arbitrary: keyCondition(
      "pk",
      pk,
      "label",
      binary.map((B) => ({ B })),
    ).map((k) => ({ k, IndexName: LOCAL })),
    weight: 20,
  },
  { arbitrary: keyCondition("pk", pk, "sk", sk).map((k) => ({ k, IndexName: "nowhere" })), weight: 2 },
)
const paging = fc.record(
  { Limit: often(of(1, 2, 3, 10), of(0, -1)), ScanIndexForward: fc.boolean(), ConsistentRead: fc.boolean() },
  { requiredKeys: [] },
)
const select = rarely(of("COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES"))
const query = fc
  .tuple(target, paging, maybe(condition, 10), maybe(projection, 10), select, consumed)
  .map(([{ k, IndexName }, page, f, p, Select, more]) => ({
    operation: "Query",
    body: {
      ...table,
      ...(IndexName && { IndexName }),
      ...members({ KeyConditionExpression: k, FilterExpression: f, ProjectionExpression: p }),
      ...page,
      ...(Select && { Select }),
      ...more,
    },
  }))
const scan = fc
  .tuple(
    maybe(of(INDEX, LOCAL), 10),
    fc.record({ Limit: of(2, 3, 7) }, { requiredKeys: [] }),
    maybe(condition),
    maybe(projection, 10),
    select,
  )
  .map(([IndexName, page, f, p, Select]) => ({
    operation: "Scan",
    body: {
      ...table,
      ...(IndexName && { IndexName }),
      ...members({ FilterExpression: f, ProjectionExpression: p }),
      ...page,
      ...(Select && { Select }),
    },
  }))
const batchGet = fc.tuple(fc.array(key, { minLength: 1, maxLength: 4 }), maybe(projection, 10)).map(([Keys, p]) => ({
  operation: "BatchGetItem",
  body: { RequestItems: { [TABLE]: { Keys, ...members({ ProjectionExpression: p }) } } },
}))
const batchWrite = fc
  .array(
    fc.oneof(
      item.map((Item) => ({ PutRequest: { Item } })),
      key.map((Key) => ({ DeleteRequest: { Key } })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((requests) => ({ operation: "BatchWriteItem", body: { RequestItems: { [TABLE]: requests } } }))
const large = of(399, 400, 401).map((kb) => ({
  operation: "PutItem",
  body: { ...table, Item: { pk: { S: "large" }, sk: { N: "1" }, text: { S: "x".repeat(kb * 1024 - 20) } } },
}))

/** One call of any item operation, mostly right and often enough wrong in one place. */
export const anyCall: fc.Arbitrary<Call> = fc.oneof(
  { arbitrary: put, weight: 80 },
  { arbitrary: updateItem, weight: 100 },
  { arbitrary: deleteItem, weight: 20 },
  { arbitrary: get, weight: 40 },
  { arbitrary: query, weight: 80 },
  { arbitrary: scan, weight: 30 },
  { arbitrary: batchGet, weight: 20 },
  { arbitrary: batchWrite, weight: 30 },
  { arbitrary: large, weight: 1 },
)
