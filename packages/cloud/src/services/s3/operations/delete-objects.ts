import { OWN_KEY } from "../../../endpoint/access.ts"
import type { As, Caller } from "../../../service.ts"
import { denied, S3Error } from "../wire/error.ts"
import { readPayload } from "../wire/payload.ts"
import { expectElements, readXml, textOf, type Tree, xml } from "../wire/xml.ts"
import { bucketArn, bucketOf, type Call, isAnonymous, type Operation, xmlResponse } from "./operation.ts"
import { removeObject } from "./delete-object.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_KEYS = 1_000

interface Wanted {
  key: string
  id: string | null
}

function read(body: Buffer): { wanted: Wanted[]; isQuiet: boolean } {
  const root = readXml(body)
  expectElements(root, "Delete", ["Quiet", "Object"])
  const objects = root.children.filter(({ name }) => name === "Object")
  for (const object of objects) expectElements(object, "Object", ["Key", "VersionId"])
  const wanted = objects.map((object) => ({ key: textOf(object, "Key") ?? "", id: textOf(object, "VersionId") || null }))
  if (wanted.length === 0 || wanted.length > MAX_KEYS || wanted.some(({ key }) => key === ""))
    throw new S3Error(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
      400,
    )
  return { wanted, isQuiet: textOf(root, "Quiet") === "true" }
}

/** How a caller of this request calls again in process; undefined for one that only a whole request can be asked about. */
function callerAs({ functionName, kind, roleArn, session, principal, sourceArn }: Caller): As | undefined {
  if (functionName !== undefined) return functionName
  if (kind === "role" && roleArn) return { role: roleArn, session }
  return kind === "service" && principal ? { service: principal, sourceArn: sourceArn ?? "" } : undefined
}

const DOTS = /(^|\/)\.{1,2}(\/|$)/
const encoded = (key: string): string => key.split("/").map(encodeURIComponent).join("/")

type Outcome = { deleted: Tree } | { error: Tree }

/** One key, decided and removed by a call of its own: that one key is refused does not keep the others. */
async function removeAs(call: Call, as: As, { key, id }: Wanted): Promise<Outcome> {
  // No request can name such a key, so no object has it.
  if (DOTS.test(key)) return { deleted: { Key: key } }
  const version = id === null ? "" : `?versionId=${encodeURIComponent(id)}`
  const path = `/${call.target.bucket}/${encoded(key)}${version}`
  const { status, headers, body } = await call.cloud.call({ service: "s3", method: "DELETE", path, as })
  if (status >= 300) {
    const text = body.toString("utf8")
    const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? ""
    return { error: { Key: key, VersionId: id ?? undefined, Code: element("Code"), Message: element("Message") } }
  }
  return outcome(key, id, headers["x-amz-version-id"], headers["x-amz-delete-marker"] === "true")
}

const outcome = (key: string, id: string | null, versionId: string | undefined, isMarker: boolean | undefined): Outcome => ({
  deleted: {
    Key: key,
    VersionId: id ?? undefined,
    DeleteMarker: isMarker || undefined,
    DeleteMarkerVersionId: isMarker ? versionId : undefined,
  },
})

export const DeleteObjects: Operation = {
  tier: "put",
  access(call) {
    if (isAnonymous(call.request)) throw denied()
    if (callerAs(call.request.caller) !== undefined || call.request.caller.accessKeyId === OWN_KEY) return []
    return read(readPayload(call.request.body, call.headers).bytes).wanted.map(({ key, id }) => ({
      action: id === null ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
      resource: `${bucketArn(call)}/${key}`,
    }))
  },
  async run(call) {
    bucketOf(call)
    const { bytes, checksum } = readPayload(call.request.body, call.headers)
    if (!checksum && call.headers["content-md5"] === undefined)
      throw new S3Error("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*", 400)
    const { wanted, isQuiet } = read(bytes)
    const as = callerAs(call.request.caller)
    const outcomes: Outcome[] = []
    for (const each of wanted) {
      if (as !== undefined) outcomes.push(await removeAs(call, as, each))
      else {
        const { versionId, isMarker } = removeObject(call, each.key, each.id)
        outcomes.push(outcome(each.key, each.id, versionId, isMarker))
      }
    }
    const Deleted = isQuiet ? [] : outcomes.flatMap((one) => ("deleted" in one ? [one.deleted] : []))
    return xmlResponse(xml("DeleteResult", { Deleted, Error: outcomes.flatMap((one) => ("error" in one ? [one.error] : [])) }))
  },
}
