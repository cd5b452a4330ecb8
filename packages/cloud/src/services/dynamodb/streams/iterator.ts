import { AwsError } from "../../../service.ts"

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
const LIFE_MS = 15 * 60_000

export interface Iterator {
  arn: string
  shard: string
  /** Next position to read. */
  position: number
  /** Epoch milliseconds. */
  issuedAt: number
}

/** As AWS's own, an iterator starts with the stream's ARN, which is what its reader is authorised on. */
export const writeIterator = ({ arn, ...rest }: Iterator): string =>
  `${arn}|1|${Buffer.from(JSON.stringify(rest)).toString("base64")}`

const invalid = () => new AwsError("ValidationException", "Invalid ShardIterator")

/** The stream that an iterator reads. */
export function streamOf(iterator: unknown): string {
  const [arn] = typeof iterator === "string" ? iterator.split("|") : []
  if (!arn?.startsWith("arn:")) throw invalid()
  return arn
}

/** Throws ExpiredIteratorException for one that is older than 15 minutes. */
export function readIterator(text: unknown, now: number): Iterator {
  const arn = streamOf(text)
  const iterator = parse(String(text).split("|")[2] ?? "")
  if (typeof iterator?.shard !== "string" || !Number.isInteger(iterator.position)) throw invalid()
  if (now - iterator.issuedAt > LIFE_MS)
    throw new AwsError(
      "ExpiredIteratorException",
      `Iterator expired. The iterator was created at time ${new Date(iterator.issuedAt).toISOString()} while right now it is ${new Date(now).toISOString()} which is further in the future than the tolerated delay of ${LIFE_MS} milliseconds.`,
    )
  return { ...iterator, arn }
}

function parse(text: string): Omit<Iterator, "arn"> | undefined {
  try {
    return JSON.parse(Buffer.from(text, "base64").toString("utf8"))
  } catch {
    return undefined
  }
}
