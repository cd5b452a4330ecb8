import { notSimulated } from "../../../endpoint/errors.ts"
import { invalidArgument } from "./error.ts"

export interface CopySource {
  bucket: string
  key: string
  versionId: string | null
}

/** `x-amz-copy-source`: `[/]bucket/key[?versionId=id]`, URL-encoded. */
export function copySource(header: string): CopySource {
  if (header.startsWith("arn:")) throw notSimulated("s3", "copy from an access point")
  const [path = "", query] = header.split("?versionId=")
  const wrong = () =>
    invalidArgument("x-amz-copy-source", header, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
  try {
    const [, bucket = "", key = ""] = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path)) ?? []
    if (!bucket || !key) throw wrong()
    return { bucket, key, versionId: query === undefined ? null : decodeURIComponent(query) }
  } catch {
    throw wrong()
  }
}
