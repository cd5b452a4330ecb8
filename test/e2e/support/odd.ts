import * as fc from "fast-check"

/**
 * What no client of ours would send, as text: JSON.stringify would mend half of it (-0, 1e400, a key twice), and fetch the rest. Everything follows
 * from a seed.
 */
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)
const wrapped = (depth: number): string => '{"a":'.repeat(depth) + "1" + "}".repeat(depth)
const quoted = (text: string): string => JSON.stringify(text)
const base64url = (text: string): string => Buffer.from(text).toString("base64url")

const NUMBERS = ["0", "-0", "-1", "0.5", "1e400", "-1e400", "1e308", "5e-324", "9007199254740993", "99999999999999999999"]
/** By what is odd about them: each kind is as likely as any other. */
const TEXTS = {
  broken: ["\ud800", "x\udfff", "\ud83d", "\udc00\ud800", "a\ud83d b"],
  control: ["\0", "a\0b", "\u0007", "\u001b[2J", "\u2028", "\ufeff", "\uffff", "\u200b", "\r\nset-cookie: a=b"],
  turned: ["\u202etxt.exe", "\u2066https://a.example\u2069", "\u200f", "\u061c", "x\u202d"],
  empty: ["", " ", "\t", "\u00a0", "\u3000"],
  long: [65, 129, 300, 1_025, 2_049, 9_000].flatMap((length) => [
    "x".repeat(length),
    "é".repeat(length),
    "😀".repeat(Math.ceil(length / 2)),
  ]),
  marks: ["e\u0301".repeat(30), "\u0301".repeat(120), "👩‍👩‍👧‍👦".repeat(12)],
  words: ["NaN", "Infinity", "null", "undefined", "true", "[object Object]", "__proto__", "constructor", "toString", "prototype"],
  code: ["../../x", "%00", "%E0%A4", "a#b", "user#x", "' OR 1=1 --", "{{x}}", "${x}", "<script>", "=cmd()", ":x", "a,b", "a b"],
  numbers: ["-1", "-0", "1e3", "1e400", "0x10", "1 ", "٣", "１", "9007199254740993", "0.5"],
  days: ["9999-99-99", "0000-01-01", "1950-02-30", "2024-01-01T00:00:00Z", "-001-01-01", "275760-09-13"],
  ids: [
    "rom_",
    "rom_0",
    ...["rom", "doc", "run", "cnv", "msg", "tap"].map((start) => `${start}_${"0".repeat(26)}`),
    `run_${"\u0660".repeat(26)}`,
  ],
  base64: ["=", "====", "AA=A", "-_-_", "AA==", "A".repeat(4_000)],
}

/** What is inside of cursors, ours and others'. */
const POSITIONS = [
  "",
  "0",
  "null",
  "{}",
  "[]",
  "[1]",
  '["1950-01-01"]',
  '["1950-01-01","x"]',
  '{"key":"x","at":0,"size":1,"seq":1}',
  "\0",
  ...["cnv#", "msg#", "doc#", "version#", "room#", "member#", "connection#", "user#", "head"].flatMap((start) =>
    [`x`, "\0", "\ud800", "é".repeat(49), "x".repeat(1_100)].map((rest) => start + rest),
  ),
].map(base64url)
const VALUES = [
  "null",
  "true",
  "false",
  "[]",
  "{}",
  "[null]",
  "[[]]",
  '[""]',
  "[1,2]",
  '{"S":"x"}',
  '{"length":1e9}',
  '{"toString":1}',
  '{"__proto__":{"role":"admin"}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"epoch":"\\ud800","seq":-0}',
  '{"epoch":1}',
  nested(2_000),
  wrapped(1_000),
  `[${"0,".repeat(2_000)}0]`,
  `[${'"x",'.repeat(60)}"x"]`,
]

const oddText = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...Object.values(TEXTS)).chain((texts) => fc.constantFrom(...texts)) },
  { weight: 2, arbitrary: fc.constantFrom(...POSITIONS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 80 }) },
  { weight: 1, arbitrary: fc.base64String({ maxLength: 200 }) },
)
/** One value, as JSON that need not be any. */
const oddValue = fc.oneof(
  { weight: 5, arbitrary: oddText.map(quoted) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.json({ stringUnit: "binary" }) },
)

/** By name, values that are good, as JSON. */
export type Good = Readonly<Record<string, readonly string[]>>

/** Members of an object: most good where we know how, some odd, some not there; now and then one of a name that objects bring along, or twice. */
function members(names: readonly string[], good: Good, present: number): fc.Arbitrary<string[]> {
  const member = (name: string) => {
    const value = good[name]
      ? fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...good[name]) }, { weight: 1, arbitrary: oddValue })
      : oddValue
    return fc
      .option(value, { freq: present, nil: undefined })
      .map((text) => (text === undefined ? [] : [`${quoted(name)}:${text}`]))
  }
  const strange = fc.oneof(
    { weight: 9, arbitrary: fc.constant([] as string[]) },
    { weight: 1, arbitrary: oddValue.map((text) => [`"__proto__":${text}`]) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...names, "constructor"), oddValue).map(([name, text]) => [`${quoted(name)}:${text}`]),
    },
  )
  return fc.tuple(...names.map(member), strange).map((parts) => parts.flat())
}

const bytes = (...all: number[]): Buffer => Buffer.from(all)
const BODIES: (string | Buffer)[] = [
  "",
  " ",
  "null",
  "1",
  "[]",
  "{",
  '"text"',
  "NaN",
  "{'a':1}",
  '{"a":1,}',
  "\ufeff{}",
  "a=1&b=2",
  "<xml/>",
  "{}{}",
  nested(5_000),
  `{"text":${wrapped(5_000)}}`,
  `{"name":"${"x".repeat(200_000)}"}`,
  bytes(0xff, 0xfe, 0xfd),
  bytes(0x7b, 0xc3, 0x7d),
  bytes(0x1f, 0x8b, 8, 0, 0),
  bytes(0),
  Buffer.from('{"name":"x"}', "utf16le"),
]
const TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "image/png", "x", ""]
const ENCODINGS = ["gzip", "br", "identity", "chunked, gzip", "x"]

/** One request as it is written to the wire. */
export interface OddRequest {
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Buffer
}

/** Percent signs that mean nothing, or what nobody means. */
const JUNK = [
  "%",
  "%0",
  "%zz",
  "%E0%A4",
  "%00",
  "%c0%af",
  "%ff",
  "%ED%A0%80",
  "%F4%90%80%80",
  "%2e%2e",
  "%252e",
  "%2f",
  "..",
  ";a=b",
  "a%20b",
  "+",
]
/** A segment that Node writes as it is. */
const segment = (text: string): string => encodeURIComponent(text.toWellFormed()).slice(0, 3_000)
const oddSegment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...JUNK) },
  { weight: 5, arbitrary: oddText.map(segment).map((text) => text || "%20") },
)
const known = (value: string): string => segment(String(JSON.parse(value)))

const queryOf = (parts: readonly string[]): string =>
  parts
    .map((part) => {
      const [, name, value = ""] = /^"((?:[^"\\]|\\.)*)":(.*)$/s.exec(part) ?? []
      return `${segment(name ?? "")}=${segment(value.replace(/^"|"$/g, ""))}`
    })
    .join("&")
    .slice(0, 6_000)

/** Requests to one route (`GET /rooms/{id}`); `ids` has good ones by the segment before them. */
export function oddRequest(route: string, names: readonly string[], good: Good, ids: Good): fc.Arbitrary<OddRequest> {
  const [method = "GET", template = "/"] = route.split(" ")
  const parts = template.split("/").slice(1)
  const path = fc.tuple(
    ...parts.map((part, n) => {
      if (!part.startsWith("{")) return fc.constant(part)
      const of = ids[parts[n - 1] ?? ""] ?? ids[part.slice(1, -1)]
      return of
        ? fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...of.map(known)) }, { weight: 1, arbitrary: oddSegment })
        : oddSegment
    }),
  )
  const reads = method === "GET" || method === "DELETE"
  const fields = members(names, good, 1)
  const query = fc.option(
    fc.oneof(
      { weight: 6, arbitrary: fields.map(queryOf) },
      { weight: 1, arbitrary: fc.constantFrom("%", "&&=", "a", "=x", "%00=%00", "a[b]=c", "limit=1&limit=2", "limit=%zz") },
    ),
    {
      freq: reads ? 9 : 1,
      nil: undefined,
    },
  )
  const body = fc.option(
    fc.oneof(
      { weight: 6, arbitrary: fields.map((all) => `{${all.join(",")}}`) },
      { weight: 1, arbitrary: fc.constantFrom(...BODIES) },
    ),
    { freq: reads ? 1 : 12, nil: undefined },
  )
  const headers = fc.record({
    "content-type": fc.oneof(
      { weight: 8, arbitrary: fc.constant("application/json") },
      { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
    ),
    encoding: fc.option(fc.constantFrom(...ENCODINGS), { freq: 1, nil: undefined }),
    origin: fc.option(fc.constantFrom("null", "http://a.example", "x".repeat(3_000)), { freq: 1, nil: undefined }),
  })
  return fc.tuple(path, query, body, headers).map(([segments, search, sent, { encoding, origin, ...rest }]) => ({
    method,
    path: `/${segments.join("/")}${search === undefined ? "" : `?${search}`}`,
    headers: {
      ...rest,
      ...(encoding !== undefined && { "content-encoding": encoding }),
      ...(origin !== undefined && { origin }),
    },
    ...(sent !== undefined && { body: sent }),
  }))
}

/** Addresses of the console: pages, files and what cannot be decoded. */
export const oddAddress: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "/assets", "/rooms", "/config.json", "/_local", "//", "/%2f"),
    fc.array(oddSegment, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("", "?", "?%", "?a=%00"),
  )
  .map(([start, segments, query]) => `${start}/${segments.join("/")}${query}`)

/** Frames of one action, whose `id` is theirs alone unless that is what is odd. */
export function oddFrame(action: string, names: readonly string[], good: Good): fc.Arbitrary<string> {
  const id = fc.oneof({ weight: 12, arbitrary: fc.constant(quoted("odd")) }, { weight: 1, arbitrary: oddValue })
  const called = fc.oneof({ weight: 20, arbitrary: fc.constant(quoted(action)) }, { weight: 1, arbitrary: oddValue })
  const frame = fc
    .tuple(id, called, members(names, good, 8))
    .map(([own, name, more]) => `{${[`"id":${own}`, `"action":${name}`, ...more].join(",")}}`)
  const junk = fc.constantFrom(
    ...BODIES.filter((body) => typeof body === "string").filter((body) => body !== "" && body.length < 30_000),
  )
  return fc.oneof({ weight: 30, arbitrary: frame }, { weight: 1, arbitrary: junk }).map((text) => text.slice(0, 31_000))
}
