import { AwsError } from "../../service.ts"

/** `20250131T235959Z` as epoch milliseconds. */
function instant(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** Signatures are not verified here, but a signed URL still ends: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html */
export function refuseExpired(query: URLSearchParams, now: number): void {
  const expires = query.get("X-Amz-Expires")
  if (expires === null) return
  const until = instant(query.get("X-Amz-Date") ?? "") + Number(expires) * 1000
  if (!Number.isFinite(until))
    throw new AwsError("AuthorizationQueryParametersError", "X-Amz-Date and X-Amz-Expires must be a date and seconds.")
  if (now > until) throw new AwsError("AccessDenied", "Request has expired", 403)
}
