import { AwsError } from "../../../service.ts"
import { invalidArgument } from "./error.ts"
import { type Element, expectElements, textOf } from "./xml.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const LIMITS = { tags: 10, key: 128, value: 256 }
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

function checked(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  if (pairs.length > LIMITS.tags) throw new AwsError("BadRequest", `Object tags cannot be greater than ${LIMITS.tags}`)
  const tags: Record<string, string> = {}
  for (const [key, value] of pairs) {
    if (Object.hasOwn(tags, key)) throw new AwsError("InvalidTag", "Cannot provide multiple Tags with the same key")
    if (key.length === 0 || key.length > LIMITS.key || !ALLOWED.test(key) || key.startsWith("aws:"))
      throw new AwsError("InvalidTag", "The TagKey you have provided is invalid")
    if (value.length > LIMITS.value || !ALLOWED.test(value))
      throw new AwsError("InvalidTag", "The TagValue you have provided is invalid")
    tags[key] = value
  }
  return tags
}

/** Tags in a header: `key=value&key=value`. */
export function readTagging(header: string): Record<string, string> {
  if (header === "") return {}
  try {
    return checked([...new URLSearchParams(header)])
  } catch (error) {
    if (error instanceof AwsError) throw error
    throw invalidArgument(
      "x-amz-tagging",
      header,
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    )
  }
}

/** Tags in a body: `<Tagging><TagSet><Tag><Key/><Value/></Tag>…`. */
export function readTaggingXml(root: Element): Record<string, string> {
  expectElements(root, "Tagging", ["TagSet"])
  const [set] = root.children
  if (!set)
    throw new AwsError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    )
  expectElements(set, "TagSet", ["Tag"])
  return checked(set.children.map((tag) => [textOf(tag, "Key") ?? "", textOf(tag, "Value") ?? ""]))
}
