/** Requests without any signature are S3's, of which everyone may have public objects; a browser's upload carries its signature in the form. */
export const isBareS3 = (method: string, headers: Readonly<Record<string, string>>): boolean =>
  ["GET", "HEAD", "PUT", "DELETE"].includes(method) || (method === "POST" && isUploadForm(headers))

const isUploadForm = (headers: Readonly<Record<string, string>>): boolean =>
  /^multipart\/form-data\s*;/i.test(headers["content-type"] ?? "")

/** Fields come before the file and are at most 20 KB: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
const FIELDS_BYTES = 20_480

/** The access key id that signed the policy of a browser's upload, as far as its form tells. */
export function formAccessKeyId(headers: Readonly<Record<string, string>>, body: Buffer): string | undefined {
  if (!isUploadForm(headers)) return undefined
  const fields = body.toString("latin1", 0, FIELDS_BYTES)
  return /name="x-amz-credential"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([^/\r\n]+)\//i.exec(fields)?.[1]
}
