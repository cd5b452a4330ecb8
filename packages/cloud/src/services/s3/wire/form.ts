import { S3Error } from "./error.ts"

/** A browser's upload: the fields before the file, by lower-case name, and the file. */
export interface Form {
  fields: Map<string, string>
  file: Buffer
  filename: string
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
const MAX_FIELDS_BYTES = 20_480

const malformed = () =>
  new S3Error("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.", 400)

/** Browsers write a quotation mark as %22 and a backslash as it is: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
const parameter = (header: string, name: string): string | undefined => {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]+))`, "i").exec(header)
  return match?.[1]?.replaceAll("%22", '"') ?? match?.[2]
}

export const isForm = (headers: Readonly<Record<string, string>>): boolean =>
  /^multipart\/form-data\s*;/i.test(headers["content-type"] ?? "")

/** Reads multipart/form-data. The file is the last field; what comes after it is ignored, as S3 does. */
export function readForm(body: Buffer, contentType: string): Form {
  const boundary = parameter(contentType, "boundary")
  if (!boundary || boundary.length > 200) throw malformed()
  const fields = new Map<string, string>()
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const first = body.indexOf(delimiter.subarray(2))
  if (first < 0) throw malformed()
  let at = first + delimiter.length - 2
  while (body.toString("latin1", at, at + 2) !== "--") {
    if (body.toString("latin1", at, at + 2) !== "\r\n") throw malformed()
    // A part without any header would end its head at once; ours has at least a name.
    const headEnd = body.indexOf("\r\n\r\n", at)
    const end = headEnd < 0 ? -1 : body.indexOf(delimiter, headEnd + 2)
    if (end < 0) throw malformed()
    const head = body.toString("utf8", at, headEnd)
    const disposition = /^content-disposition:\s*form-data([^\r\n]*)/im.exec(head)?.[1]
    const name = disposition === undefined ? undefined : parameter(disposition, "name")?.toLowerCase()
    if (disposition === undefined || name === undefined) throw malformed()
    const content = body.subarray(Math.min(headEnd + 4, end), end)
    if (name === "file") {
      if (headEnd > MAX_FIELDS_BYTES) throw tooLong()
      const filename = (parameter(disposition, "filename") ?? "").split(/[\\/]/).at(-1)!
      return { fields, file: content, filename }
    }
    fields.set(name, content.toString("utf8"))
    at = end + delimiter.length
    if (at > MAX_FIELDS_BYTES) throw tooLong()
  }
  throw new S3Error("InvalidArgument", "POST requires exactly one file upload per request.", 400, {
    ArgumentName: "file",
    ArgumentValue: "0",
  })
}

const tooLong = () =>
  new S3Error("MaxPostPreDataLengthExceededError", "Your POST request fields preceding the upload file were too large.", 400)
