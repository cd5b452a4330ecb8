import { AwsError, type AwsRequest } from "../../../service.ts"

export interface Target {
  /** Empty for the list of buckets. */
  bucket: string
  /** Decoded; empty for requests about the bucket. */
  key: string
}

/** `<bucket>.s3.localhost`, `<bucket>.s3.<region>.localhost` or `<bucket>.localhost`. */
const VIRTUAL = /^(?!s3\.)([^:]+?)(?:\.s3(?:[.-][a-z0-9-]+)?)?\.localhost(?::\d+)?$/i

/** Path style (`/bucket/key`), or virtual-hosted style with the bucket in the host's name. */
export function targetOf({ url, headers }: Pick<AwsRequest, "url" | "headers">): Target {
  const virtual = VIRTUAL.exec(headers.host ?? "")?.[1]
  const path = virtual ? `/${virtual}${url.pathname}` : url.pathname
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? []
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) }
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.")
  }
}
