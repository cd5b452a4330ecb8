import type { AwsResponse } from "../../../service.ts"
import { checkPolicy } from "../signing/post-policy.ts"
import { readTaggingXml } from "../wire/tagging.ts"
import { checkHeaders, checkKey, describe } from "../wire/description.ts"
import { invalidArgument, S3Error } from "../wire/error.ts"
import { type Form, isForm, readForm } from "../wire/form.ts"
import { readPayload } from "../wire/payload.ts"
import { readXml, xml } from "../wire/xml.ts"
import { bucketOf, type Call, ENCRYPTED, isAnonymous, type Operation, quoted, versionHeader } from "./operation.ts"
import { wholeChecksum, writeAccess } from "./put-object.ts"
import { showObject, storing } from "./write-object.ts"

const forms = new WeakMap<Call["request"], Form>()

/** The form of a request, its key with the file's name in it. Read once: authorisation needs it before the operation runs. */
function formOf({ request }: Call): Form {
  const known = forms.get(request)
  if (known) return known
  const contentType = request.headers["content-type"] ?? ""
  if (!isForm(request.headers))
    throw new S3Error("PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data", 412)
  const form = readForm(request.body, contentType)
  const key = form.fields.get("key")
  if (!key)
    throw invalidArgument(
      "key",
      "",
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
    )
  const named = key.replaceAll("${filename}", form.filename)
  // As in a path: no request could name the object again.
  if (/(^|\/)\.{1,2}(\/|$)/.test(named)) throw new S3Error("InvalidURI", "Couldn't parse the specified URI.", 400)
  form.fields.set("key", named)
  forms.set(request, form)
  return form
}

/** The call as the PUT that its form stands for: fields are its headers. */
function asPut(call: Call): { put: Call; form: Form } {
  const form = formOf(call)
  const named = [...form.fields].filter(
    ([name]) => name.startsWith("x-amz-") && !/^x-amz-(algorithm|credential|date|signature|security-token)$/.test(name),
  )
  const system = [
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    "content-md5",
  ]
  const plain = system.flatMap((name) => (form.fields.has(name) ? [[name, form.fields.get(name)!] as const] : []))
  const acl = form.fields.get("acl")
  const headers = { ...Object.fromEntries([...plain, ...named]), ...(acl !== undefined && { "x-amz-acl": acl }) }
  checkHeaders(headers, call.cloud.account)
  const tagging = form.fields.get("tagging")
  if (tagging !== undefined)
    Object.assign(headers, { "x-amz-tagging": new URLSearchParams(readTaggingXml(readXml(Buffer.from(tagging)))).toString() })
  return { put: { ...call, headers, target: { bucket: call.target.bucket, key: form.fields.get("key")! } }, form }
}

/** What the form asks to be answered; 204 unless told. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
function answer({ cloud, target }: Call, { fields }: Form, etag: string, headers: Record<string, string>): AwsResponse {
  const { bucket, key } = target
  const location = `${cloud.awsUrl}/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`
  const common = { etag, location, ...headers }
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect")
  if (redirect !== undefined && URL.canParse(redirect)) {
    const url = new URL(redirect)
    for (const [name, value] of Object.entries({ bucket, key, etag })) url.searchParams.set(name, value)
    return { status: 303, headers: { ...common, location: url.href } }
  }
  const status = fields.get("success_action_status")
  if (status === "200") return { status: 200, headers: common }
  if (status !== "201") return { status: 204, headers: common }
  const body = xml("PostResponse", { Location: location, Bucket: bucket, Key: key, ETag: etag })
  return { status: 201, headers: { ...common, "content-type": "application/xml" }, body }
}

/** A browser's upload, limited by a signed policy. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
export const PostObject: Operation = {
  tier: "put",
  access(call) {
    const { put, form } = asPut(call)
    if (!isAnonymous(call.request) || form.fields.has("policy"))
      checkPolicy(form, call.target.bucket, call.request.caller, call.cloud)
    return writeAccess(put)
  },
  async run(call) {
    const { put, form } = asPut(call)
    const key = checkKey(put.target.key)
    const before = bucketOf(put).current(key)
    const { bytes, md5, checksum } = readPayload(form.file, put.headers)
    const version = await storing(put, bytes, (pieces) =>
      showObject(put, {
        key,
        description: describe(put.headers),
        before,
        etag: md5,
        size: bytes.length,
        pieces,
        checksum: wholeChecksum(checksum, bytes),
        event: "s3:ObjectCreated:Post",
        reason: "POST Object",
      }),
    )
    return answer(put, form, quoted(md5), { ...versionHeader(bucketOf(put), version), ...ENCRYPTED })
  },
}
