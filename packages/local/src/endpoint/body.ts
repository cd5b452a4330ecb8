import { AwsError } from "../service.ts"
import type { Request } from "./listen.ts"

/** The largest body of any call we answer is an S3 object or part of 11 MiB; PutRecords takes 5 to 10 MB. */
const MAX_BODY_BYTES = 12 * 1_048_576

const tooLarge = () =>
  new AwsError("RequestEntityTooLargeException", `The local cloud takes request bodies up to ${MAX_BODY_BYTES} bytes.`, 413)

/** The whole body. One that is too large is read to its end, so that the client gets its 413, and thrown away. */
export async function readBody(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
    else chunks.length = 0
  }
  if (size > MAX_BODY_BYTES) throw tooLarge()
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}
