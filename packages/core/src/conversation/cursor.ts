import { AppError } from "../error.ts"

/** A cursor is the sort key of the last item of a page; the partition always comes from who asks, never from the cursor. */
export const encode = (sk: unknown): string | undefined =>
  typeof sk === "string" ? Buffer.from(sk).toString("base64url") : undefined

export function decode(cursor: string | undefined, prefix: string): string | undefined {
  if (cursor === undefined) return undefined
  const sk = Buffer.from(cursor, "base64url").toString("utf8")
  if (sk.startsWith(prefix) && /^[\w#]{1,100}$/.test(sk)) return sk
  throw new AppError("input", "input.cursor", "This cursor is not one of ours. Start again without it.")
}
