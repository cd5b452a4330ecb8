import type { Cloud } from "../../../service.ts"
import { SqlError } from "../sql/error.ts"
import type { Copy } from "../statements/plan.ts"

export interface S3Object {
  bucket: string
  key: string
}

const parse = (url: string): S3Object => {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(url)
  if (!match) throw new SqlError(`Invalid S3 URL: ${url}`)
  return { bucket: match[1]!, key: match[2]! }
}

export const urlOf = ({ bucket, key }: S3Object): string => `s3://${bucket}/${key}`
const pathOf = ({ bucket, key }: S3Object): string => `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`

/** S3 as COPY reads it: with the role that the statement names. */
export interface Reader {
  cloud: Cloud
  /** ARN of the role. */
  role: string
}

/** Redshift takes its roles under this name; error messages and the call log show it. */
const SESSION = "RedshiftIamRoleSession"

const get = ({ cloud, role }: Reader, path: string) =>
  cloud.call({ service: "s3", method: "GET", path, as: { role, session: SESSION } })

/** What COPY reports when S3 refuses: https://github.com/aws-samples/aws-redshift-spectrum-poc/issues/3 */
function refused(of: string, { status, headers, body }: Awaited<ReturnType<Cloud["call"]>>): SqlError {
  const xml = body.toString("utf8")
  const field = (name: string) => decode(new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1] ?? "")
  const code = field("Code") || (status === 404 ? "NoSuchKey" : "Error")
  const request = headers["x-amz-request-id"] ?? ""
  const said = `${field("Message") || code},Status ${status},Error ${code},Rid ${request},ExtRid ${field("HostId") || request},CanRetry 1`
  return new SqlError(`S3ServiceException:${said}\n  Detail: S3 key being read : ${of}`)
}

/** The bytes of an object. Throws SqlError as COPY reports it. */
export async function fetchObject(object: S3Object, reader: Reader): Promise<Buffer> {
  const response = await get(reader, pathOf(object))
  if (response.status === 200) return response.body
  throw refused(urlOf(object), response)
}

interface Entry {
  url?: string
  mandatory?: boolean
  meta?: { content_length?: number }
}

/** The objects that a COPY names: the entries of its manifest, or everything under its prefix. `bytes` is what the manifest promised. */
export async function objectsOf(copy: Copy, reader: Reader): Promise<(S3Object & { bytes?: number; optional?: boolean })[]> {
  const from = parse(copy.from)
  // The role needs to list the bucket as well: https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-access-permissions.html#copy-usage_notes-iam-permissions
  const found = await listPrefix(from, reader)
  if (!copy.manifest) return found
  const text = (await fetchObject(from, reader)).toString("utf8")
  let entries: Entry[]
  try {
    entries = (JSON.parse(text) as { entries: Entry[] }).entries
    if (!Array.isArray(entries) || entries.length === 0) throw new SyntaxError("no entries")
  } catch {
    throw new SqlError(
      `Manifest file ${copy.from} is not in correct json format: {"entries":[{"url","mandatory","meta":{"content_length"}}]}`,
    )
  }
  return entries.map(({ url, mandatory, meta }) => {
    if (typeof url !== "string") throw new SqlError(`Manifest file ${copy.from} has an entry without url`)
    if (typeof meta?.content_length !== "number")
      throw new SqlError(`Manifest file ${copy.from} has no meta.content_length for ${url}: COPY from Parquet needs it`)
    return { ...parse(url), bytes: meta.content_length, optional: mandatory !== true }
  })
}

async function listPrefix({ bucket, key }: S3Object, reader: Reader): Promise<S3Object[]> {
  const objects: S3Object[] = []
  let token = ""
  do {
    const query = `list-type=2&prefix=${encodeURIComponent(key)}${token && `&continuation-token=${encodeURIComponent(token)}`}`
    const response = await get(reader, `/${bucket}?${query}`)
    if (response.status !== 200) throw refused(urlOf({ bucket, key }), response)
    const xml = response.body.toString("utf8")
    for (const [, listed] of xml.matchAll(/<Key>([^<]*)<\/Key>/g)) objects.push({ bucket, key: decode(listed!) })
    token = /<NextContinuationToken>([^<]+)</.exec(xml)?.[1] ?? ""
  } while (token)
  if (objects.length === 0) throw new SqlError(`The specified S3 prefix '${key}' does not exist`)
  return objects
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
const decode = (xml: string): string => xml.replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
