import { AwsError } from "../../../service.ts"

/** One page of a list and the token of the next. Tokens are positions, so a list that changes in between may repeat or skip. */
export function pageOf<T>(items: readonly T[], token: string | undefined, size: number): { items: T[]; next?: string } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"))
  if (!Number.isInteger(from) || from < 0) throw new AwsError("ValidationException", "NextToken is invalid.")
  const to = from + size
  return { items: items.slice(from, to), next: to < items.length ? Buffer.from(String(to)).toString("base64url") : undefined }
}
