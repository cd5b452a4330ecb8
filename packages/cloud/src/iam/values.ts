import { malformed } from "./policy.ts"

/** What a value of a condition must look like, by the family of its operator. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export type ValueKind = "text" | "number" | "date" | "boolean" | "arn" | "address" | "binary"

const EPOCH = /^\d{1,19}$/
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i

/** The calendar is looked at as well: a 30th of February is no day, though JavaScript makes one of it. */
function isDate(text: string): boolean {
  if (EPOCH.test(text)) return true
  const [, year, month, day, hour = 0, minute = 0, second = 0] =
    ISO.exec(text)?.map((part) => (part === undefined ? 0 : Number(part))) ?? []
  if (year === undefined) return false
  const made = new Date(Date.UTC(year, month! - 1, day))
  return made.getUTCMonth() === month! - 1 && made.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
}

const SHAPES: Readonly<Record<ValueKind, { is(text: string): boolean; fix: string }>> = {
  text: { is: () => true, fix: "" },
  number: { is: (text) => /^[+-]?\d+(\.\d+)?$/.test(text), fix: "write a number, as 10 or 0.5" },
  date: { is: isDate, fix: "write a date of ISO 8601, as 2030-01-01T00:00:00Z, or seconds since 1970" },
  boolean: { is: (text) => /^(true|false)$/i.test(text), fix: "write true or false" },
  arn: { is: (text) => text === "*" || /^(arn|\*):|^\$\{/.test(text), fix: "write an ARN" },
  // Ranges are read where they are compiled.
  address: { is: (text) => text !== "", fix: "write an IP address or CIDR range" },
  binary: {
    is: (text) => text !== "" && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
    fix: "write base64",
  },
}

/** The values of a condition as text; throws where IAM keeps none such. Variables are filled per request, so a text with one is judged then. */
export function readValues(kind: ValueKind, given: unknown, where: string): readonly string[] {
  const values: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (values.length === 0) throw malformed("The policy failed legacy parsing", where, "a condition without a value says nothing")
  return values.map((value) => {
    if (!["string", "number", "boolean"].includes(typeof value))
      throw malformed("Syntax errors in policy.", where, `${JSON.stringify(value)} is no text, number or boolean`)
    const text = String(value)
    const { is, fix } = SHAPES[kind]
    if (!is(text) && !/\$\{/.test(text))
      throw malformed("The policy failed legacy parsing", where, `${JSON.stringify(value)} is no ${kind}: ${fix}`)
    return text
  })
}
