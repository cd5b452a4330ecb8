import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { AwsError, type Cloud, type Resource, type Service } from "../service.ts"
import { contentTypeOf } from "./content-types.ts"

export interface AssetFolders {
  /** The folder of a file asset by its object key in the assets bucket (`<hash>.zip`); undefined where it is none of this assembly. */
  assetFolder(objectKey: string): string | undefined
}

type Markers = Record<string, string>

/** Deploy-time values: the template's placeholders in the files become what the template resolves to. */
function replaceMarkers(body: Buffer, markers: Markers, escaped: boolean): Buffer {
  if (Object.keys(markers).length === 0) return body
  // latin1 keeps every byte as one character, so files that are not text survive.
  let text = body.toString("latin1")
  for (const [marker, value] of Object.entries(markers)) {
    const replacement = Buffer.from(escaped ? JSON.stringify(String(value)).slice(1, -1) : String(value)).toString("latin1")
    text = text.replaceAll(Buffer.from(marker).toString("latin1"), () => replacement)
  }
  return Buffer.from(text, "latin1")
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

/** `--content-type` and its kind as object headers; CDK writes the names in lower case. */
const systemHeaders = (metadata: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), String(value)]))

const encoded = (key: string): string => key.split("/").map(encodeURIComponent).join("/")

async function s3(cloud: Cloud, method: string, path: string, headers: Record<string, string> = {}, body?: Buffer) {
  const answer = await cloud.call({ service: "s3", method, path, headers, body })
  if (answer.status >= 300)
    throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body.toString("utf8").slice(0, 300)}`)
  return answer
}

const unescaped = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&")

/** Deletes what the sources do not contain, as `aws s3 sync --delete`. */
async function prune(cloud: Cloud, bucket: string, prefix: string, kept: Set<string>): Promise<void> {
  const { body } = await s3(cloud, "GET", `/${bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}`)
  const keys = [...body.toString("utf8").matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => unescaped(key!))
  for (const key of keys) if (!kept.has(key)) await s3(cloud, "DELETE", `/${bucket}/${encoded(key)}`)
}

/** Whether the bucket has this very object, as it has after a restart with a data folder. */
async function isThere(cloud: Cloud, path: string, headers: Record<string, string>, body: Buffer): Promise<boolean> {
  const { status, headers: has } = await cloud.call({ service: "s3", method: "HEAD", path })
  const etag = `"${createHash("md5").update(body).digest("hex")}"`
  return status === 200 && has.etag === etag && Object.entries(headers).every(([name, value]) => has[name] === value)
}

async function deploy({ properties }: Resource, cloud: Cloud, { assetFolder }: AssetFolders): Promise<void> {
  const {
    SourceObjectKeys,
    SourceMarkers = [],
    SourceMarkersConfig = [],
    DestinationBucketName,
    DestinationBucketKeyPrefix = "",
  } = properties
  const bucket = String(DestinationBucketName)
  const prefix = String(DestinationBucketKeyPrefix).replace(/^\/|\/$/g, "")
  const headers = systemHeaders(properties.SystemMetadata)
  const files = new Map<string, Buffer>()
  for (const [i, objectKey] of (SourceObjectKeys as string[]).entries()) {
    const folder = assetFolder(objectKey)
    if (!folder) throw new Error(`Asset ${objectKey} is not in the cloud assembly: synthesize again.`)
    const escape = String(SourceMarkersConfig[i]?.jsonEscape) === "true"
    for (const file of await filesOf(folder)) {
      const name = relative(folder, file).split(sep).join("/")
      files.set(prefix ? `${prefix}/${name}` : name, replaceMarkers(await readFile(file), SourceMarkers[i] ?? {}, escape))
    }
  }
  for (const [key, body] of files) {
    const wanted = { "content-type": contentTypeOf(key), ...headers }
    const path = `/${bucket}/${encoded(key)}`
    if (!(await isThere(cloud, path, wanted, body))) await s3(cloud, "PUT", path, wanted, body)
  }
  if (String(properties.Prune ?? "true") === "true") await prune(cloud, bucket, prefix && `${prefix}/`, new Set(files.keys()))
}

/** CDK's BucketDeployment, done here instead of by its Python function. */
export const bucketDeployment = (folders: AssetFolders): Service => ({
  names: [],
  protocol: "json",
  types: {
    "Custom::CDKBucketDeployment": {
      simulated: [
        "SourceObjectKeys",
        "SourceMarkers",
        "SourceMarkersConfig",
        "DestinationBucketName",
        "DestinationBucketKeyPrefix",
        "SystemMetadata",
        "Prune",
      ],
      ignored: {
        ServiceToken: "the copy runs in the local cloud, not in CDK's Python function",
        SourceBucketNames: "assets are read from the cloud assembly",
        DestinationBucketArn: "only orders resources that depend on the copy",
        DistributionId: "nothing is cached at an edge that would have to be invalidated",
        DistributionPaths: "nothing is cached at an edge that would have to be invalidated",
        WaitForDistributionInvalidation: "nothing is cached at an edge that would have to be invalidated",
        RetainOnDelete: "a laptop's bucket ends with its process",
        OutputObjectKeys: "no template reads them",
      },
      identify: (resource) => {
        const arn = resource.property("DestinationBucketArn")
        const attributes: Record<string, string> = arn ? { DestinationBucketArn: String(arn) } : {}
        return { ref: resource.physicalName(), attributes }
      },
      provision: (resource, cloud) => deploy(resource, cloud, folders),
      update: (resource, _, cloud) => deploy(resource, cloud, folders),
    },
  },
  authorize() {
    throw new AwsError("NotSimulatedException", "NOT_SIMULATED: bucket deployments have no API")
  },
  handle: () => Promise.reject(new AwsError("NotSimulatedException", "NOT_SIMULATED: bucket deployments have no API")),
})
