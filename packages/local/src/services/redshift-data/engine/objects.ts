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

/** The bytes of an object. Throws SqlError as COPY reports it. */
export async function fetchObject(object: S3Object, cloud: Cloud): Promise<Buffer> {
  const response = await cloud.call({ service: "s3", method: "GET", path: pathOf(object) })
  if (response.status === 200) return response.body
  const code =
    /<Code>([^<]+)<\/Code>/.exec(response.body.toString("utf8"))?.[1] ?? (response.status === 404 ? "NoSuchKey" : "Error")
  throw new SqlError(`S3ServiceException: ${urlOf(object)},Status ${response.status},Error ${code}`)
}

interface Entry {
  url?: string
  mandatory?: boolean
  meta?: { content_length?: number }
}

/** The objects that a COPY names: the entries of its manifest, or everything under its prefix. `bytes` is what the manifest promised. */
export async function objectsOf(copy: Copy, cloud: Cloud): Promise<(S3Object & { bytes?: number; optional?: boolean })[]> {
  const from = parse(copy.from)
  if (!copy.manifest) return listPrefix(from, cloud)
  const text = (await fetchObject(from, cloud)).toString("utf8")
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

async function listPrefix({ bucket, key }: S3Object, cloud: Cloud): Promise<S3Object[]> {
  const objects: S3Object[] = []
  let token = ""
  do {
    const query = `list-type=2&prefix=${encodeURIComponent(key)}${token && `&continuation-token=${encodeURIComponent(token)}`}`
    const response = await cloud.call({ service: "s3", method: "GET", path: `/${bucket}?${query}` })
    const xml = response.body.toString("utf8")
    if (response.status !== 200)
      throw new SqlError(
        `S3ServiceException: s3://${bucket}/${key},Status ${response.status},Error ${/<Code>([^<]+)/.exec(xml)?.[1] ?? "Error"}`,
      )
    for (const [, found] of xml.matchAll(/<Key>([^<]*)<\/Key>/g)) objects.push({ bucket, key: decode(found!) })
    token = /<NextContinuationToken>([^<]+)</.exec(xml)?.[1] ?? ""
  } while (token)
  if (objects.length === 0) throw new SqlError(`The specified S3 prefix '${key}' does not exist`)
  return objects
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
const decode = (xml: string): string => xml.replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
