import { createHash } from "node:crypto"
import { notSimulated } from "../endpoint/errors.ts"
import { AwsError } from "../service.ts"

const TYPES = ["String", "SecureString", "StringList"]
const TAKEN = ["Name", "Value", "Type", "Overwrite", "Description"]
/** Of the standard tier: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const MOST_BYTES = 4 * 1024

interface Put {
  Name: string
  Value: string
  Type: string
}

/** What a PutParameter stores, checked; `before` is what the name holds. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export function putOf(json: Record<string, unknown>, before: { Type: string } | undefined): Put {
  const unknown = Object.keys(json).find((name) => !TAKEN.includes(name))
  if (unknown) throw notSimulated("ssm", `PutParameter.${unknown}`)
  const { Name, Value, Type = before?.Type, Overwrite = false } = json
  if (typeof Name !== "string" || !/^[\w./-]{1,1011}$/.test(Name) || (Name.slice(1).includes("/") && !Name.startsWith("/")))
    throw new AwsError(
      "ValidationException",
      "Parameter name: can't be empty, has letters, numbers and _.-/ only, and a path starts with /.",
    )
  if (typeof Value !== "string" || Value === "") throw new AwsError("ValidationException", "Value has a length of at least 1.")
  if (Buffer.byteLength(Value) > MOST_BYTES)
    throw new AwsError("ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters.")
  if (before && Overwrite !== true)
    throw new AwsError(
      "ParameterAlreadyExists",
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    )
  if (Type === undefined) throw new AwsError("ValidationException", "A parameter type is required when you create a parameter.")
  if (typeof Type !== "string" || !TYPES.includes(Type))
    throw new AwsError("UnsupportedParameterType", `The parameter type ${String(Type)} is not supported.`)
  return { Name, Value, Type }
}

/** A secure string as it is read without decryption: nobody's business, and the same for the same value. */
export const sealed = (value: string): string => `AQICAH${createHash("sha256").update(value).digest("base64")}`
