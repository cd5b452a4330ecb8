import { AppError } from "../error.ts"

export const refusedCursor = (cause?: unknown) =>
  new AppError("input", "input.cursor", "This cursor is not one of ours. Start again without it.", { cause })

/** A cursor says where in a list a page ended; whose list it is always comes from who asks, never from the cursor. */
export const cursorOf = (text: string): string => Buffer.from(text).toString("base64url")

/** Throws `input.cursor` for what is not of this form. */
export function readCursor(cursor: string, form: RegExp): string {
  const text = Buffer.from(cursor, "base64url").toString("utf8")
  if (form.test(text)) return text
  throw refusedCursor()
}
