import * as z from "zod"
import { AppError } from "../error.ts"
import { Day, Id } from "../event/fields.ts"

/** The last concert of a page; the next one starts after it, whatever was loaded in between. */
const Position = z.tuple([Day, Id])

export const encodeCursor = ({ date, concertId }: { date: string; concertId: string }): string =>
  Buffer.from(JSON.stringify([date, concertId])).toString("base64url")

/** Throws `input.cursor` for what is none of ours. */
export function decodeCursor(cursor: string): { date: string; concertId: string } {
  try {
    const [date, concertId] = Position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")))
    return { date, concertId }
  } catch (cause) {
    const message = "cursor must be the `next` of the page before, unchanged. Leave it out for the first page."
    throw new AppError("input", "input.cursor", message, { cause, details: [{ path: "cursor", message }] })
  }
}
