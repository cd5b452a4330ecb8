import { AwsError } from "../service.ts"
import type { Request } from "./listen.ts"

const MIB = 1_048_576

/** PutRecords takes 10 MiB, in base64 a third more. */
const MAX_BODY_BYTES = 16 * MIB
/** An object or part of 128 MiB; larger objects come in parts. S3 itself takes 5 GiB at once, a laptop's memory should not. */
const MAX_S3_BODY_BYTES = 128 * MIB

/** The whole body. One that is too large is read to its end, so that the client gets its refusal, and thrown away. */
export async function readBody(request: Request, service = ""): Promise<Buffer> {
  const limit = service === "s3" ? MAX_S3_BODY_BYTES : MAX_BODY_BYTES
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    else chunks.length = 0
  }
  if (size > limit) throw tooLarge(service, limit, size)
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

function tooLarge(service: string, limit: number, size: number): AwsError {
  const message = `The local cloud takes request bodies up to ${limit} bytes`
  if (service !== "s3") return new AwsError("RequestEntityTooLargeException", `${message}.`, 413)
  return new AwsError("EntityTooLarge", `${message}: use a multipart upload.`, 400, { ProposedSize: size, MaxSizeAllowed: limit })
}
