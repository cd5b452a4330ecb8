import { AwsError } from "../../service.ts"

/** A shard iterator says where to read next; it is good for five minutes. */
export interface Iterator {
  stream: string
  shard: string
  position: number
  /** Epoch milliseconds. */
  issuedAt: number
}

const LIFETIME_MS = 5 * 60_000
const MARK = "backline-iterator-1"

export const writeIterator = ({ stream, shard, position, issuedAt }: Iterator): string =>
  Buffer.from([MARK, stream, shard, position, issuedAt].join("/")).toString("base64")

/** Reads an iterator that we wrote, or throws InvalidArgumentException. */
export function readIterator(text: unknown): Iterator {
  const [mark, stream, shard, position, issuedAt, ...rest] = Buffer.from(String(text), "base64").toString("utf8").split("/")
  if (mark !== MARK || !stream || !shard || !/^\d+$/.test(position ?? "") || !/^\d+$/.test(issuedAt ?? "") || rest.length > 0)
    throw new AwsError("InvalidArgumentException", "Invalid ShardIterator.")
  return { stream, shard, position: Number(position), issuedAt: Number(issuedAt) }
}

export function requireFresh(iterator: Iterator, now: number): void {
  if (now - iterator.issuedAt <= LIFETIME_MS) return
  throw new AwsError(
    "ExpiredIteratorException",
    `Iterator expired. The iterator was created at time ${new Date(iterator.issuedAt).toISOString()} while right now it is ${new Date(now).toISOString()} which is further in the future than the tolerated delay of ${LIFETIME_MS} milliseconds.`,
  )
}
