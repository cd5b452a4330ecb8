import { S3Error } from "./error.ts"

/** Bytes `start` to `end` (exclusive). */
export interface ByteRange {
  start: number
  end: number
}

/**
 * The bytes a Range header asks for; undefined for the whole object: also for several ranges and for what is no range, as S3 does.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? []
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1)
  if (start >= size || (first === "" && Number(last) === 0))
    throw new S3Error("InvalidRange", "The requested range is not satisfiable", 416, {
      RangeRequested: header!,
      ActualObjectSize: size,
    })
  return { start, end }
}
