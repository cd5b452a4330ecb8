import fc from "fast-check"

export const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 20) =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: rare, weight: 1 })
export const of = <T>(...values: T[]) => fc.constantFrom(...values)

export const plainText = of("a", "b", "abc", "room#1", "ä", "zürich", "😀", "x".repeat(40))
const text = often(plainText, of("", " ", "\u0000"))
export const plainNumber = of("0", "1", "2", "-1", "3.5", "10", "100", "-0.001", "12345678901234567890123456789012345678")
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
export const number = often(plainNumber, edgeNumber, 16)
export const binary = often(of("AA==", "AQI=", "/w==", "aGVsbG8="), of("", "not base64!", "AQI"))

export const value: fc.Arbitrary<any> = fc.letrec<{ value: any }>((tie) => ({
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

export const wellFormed = (arbitrary: fc.Arbitrary<any>) =>
  arbitrary.filter((one) => Object.keys(one).length === 1 && !("X" in one))

export const pk = often(of("p1", "p2", "p3"), of("", "p4"), 20).map((S) => ({ S }))
export const sk = often(of("1", "2", "3", "4", "-5", "10", "2.5"), edgeNumber, 40).map((N) => ({ N }))
export const key = often(
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
export const item = fc
  .tuple(key, others, often(indexed as fc.Arbitrary<any>, fc.record({ group: value }), 15))
  .map(([k, o, i]) => ({ ...o, ...i, ...k }))
