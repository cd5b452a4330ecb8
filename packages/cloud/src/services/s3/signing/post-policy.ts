import type { Caller, Cloud } from "../../../service.ts"
import { denied, S3Error } from "../wire/error.ts"
import type { Form } from "../wire/form.ts"
import { ALGORITHM, instant, readScope, verify } from "./signature.ts"

/** Fields that no condition has to name. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html */
const FREE = new Set(["x-amz-signature", "awsaccesskeyid", "signature", "policy", "file", "bucket"])

const wrong = (reason: string) => denied({}, `Invalid according to Policy: ${reason}`)
const malformed = (reason: string) => new S3Error("InvalidPolicyDocument", `Invalid Policy: ${reason}`, 400)

type Condition = { kind: "eq" | "starts-with"; field: string; value: string } | { kind: "range"; min: number; max: number }

function readCondition(condition: unknown): Condition {
  if (Array.isArray(condition) && condition.length === 3) {
    const [kind, first, second] = condition as unknown[]
    const name = String(kind).toLowerCase()
    if (name === "content-length-range") {
      const [min, max] = [Number(first), Number(second)]
      if (!Number.isInteger(min) || !Number.isInteger(max)) throw malformed("content-length-range needs two whole numbers.")
      return { kind: "range", min, max }
    }
    if ((name === "eq" || name === "starts-with") && typeof first === "string" && first.startsWith("$"))
      return { kind: name, field: first.slice(1).toLowerCase(), value: String(second) }
  } else if (typeof condition === "object" && condition !== null && !Array.isArray(condition)) {
    const entries = Object.entries(condition)
    if (entries.length === 1) return { kind: "eq", field: entries[0]![0].toLowerCase(), value: String(entries[0]![1]) }
  }
  throw malformed(`Invalid Simple-Condition: ${JSON.stringify(condition)}`)
}

function readPolicy(text: string): { expiration: number; conditions: Condition[] } {
  let document: { expiration?: unknown; conditions?: unknown }
  try {
    document = JSON.parse(Buffer.from(text, "base64").toString("utf8")) as typeof document
  } catch {
    throw malformed("Invalid JSON.")
  }
  const expiration = Date.parse(String(document?.expiration))
  if (!/^\d{4}-.*Z$/.test(String(document?.expiration)) || Number.isNaN(expiration))
    throw malformed("Invalid 'expiration' value.")
  if (!Array.isArray(document.conditions)) throw malformed("Policy missing conditions.")
  return { expiration, conditions: document.conditions.map(readCondition) }
}

/** A content type may be a list; each of its values must begin so. */
const startsWith = (field: string, actual: string, prefix: string): boolean =>
  (field === "content-type" ? actual.split(",") : [actual]).every((value) => value.startsWith(prefix))

/**
 * Verifies the policy of a browser's upload: signed by the key it names, not expired on the cloud's clock, every condition met, no field beside
 * the ones it speaks of. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export function checkPolicy({ fields, file }: Form, bucket: string, caller: Caller, cloud: Cloud): void {
  const need = (name: string): string => {
    const value = fields.get(name)
    if (value === undefined)
      throw new S3Error(
        "InvalidArgument",
        `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
        400,
        { ArgumentName: name, ArgumentValue: "" },
      )
    return value
  }
  const policy = need("policy")
  if (need("x-amz-algorithm") !== ALGORITHM)
    throw new S3Error("InvalidArgument", `X-Amz-Algorithm only supports "${ALGORITHM}"`, 400)
  const scope = readScope(need("x-amz-credential"))
  if (!scope || scope.region !== cloud.region)
    throw new S3Error("InvalidArgument", "The credential of the form is malformed, or of another region.", 400)
  const date = need("x-amz-date")
  if (Number.isNaN(instant(date)) || !date.startsWith(scope.date))
    throw new S3Error(
      "InvalidArgument",
      "x-amz-date must be of the form yyyyMMdd'T'HHmmss'Z' and of the day of the credential.",
      400,
    )
  verify(caller, cloud, scope, policy, need("x-amz-signature"))

  const { expiration, conditions } = readPolicy(policy)
  if (cloud.now() > expiration) throw wrong("Policy expired.")
  const covered = new Set(FREE)
  for (const condition of conditions) {
    if (condition.kind === "range") {
      if (file.length > condition.max)
        throw new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, {
          ProposedSize: file.length,
          MaxSizeAllowed: condition.max,
        })
      if (file.length < condition.min)
        throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400, {
          ProposedSize: file.length,
          MinSizeAllowed: condition.min,
        })
      continue
    }
    const { kind, field, value } = condition
    covered.add(field)
    const actual = field === "bucket" ? bucket : (fields.get(field) ?? "")
    const holds = kind === "eq" ? actual === value : startsWith(field, actual, value)
    if (!holds) throw wrong(`Policy Condition failed: ["${kind}", "$${field}", "${value}"]`)
  }
  const extra = [...fields.keys()].filter((name) => !covered.has(name) && !name.startsWith("x-ignore-"))
  if (extra.length > 0) throw wrong(`Extra input fields: ${extra.join(", ")}`)
}
