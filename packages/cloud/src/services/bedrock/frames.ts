import { EventStreamCodec } from "@smithy/eventstream-codec"
import { AwsError } from "../../service.ts"

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
)

const text = (value: string) => ({ type: "string" as const, value })

const message = (kind: "event" | "exception", name: string, body: object): Uint8Array =>
  codec.encode({
    headers: { [`:${kind}-type`]: text(name), ":content-type": text("application/json"), ":message-type": text(kind) },
    body: Buffer.from(JSON.stringify(body)),
  })

export const eventFrame = (name: string, body: object): Uint8Array => message("event", name, body)

/** The members of ConverseStreamOutput that are errors; any other reaches its client as internalServerException. */
const EXCEPTIONS = [
  "InternalServerException",
  "ModelStreamErrorException",
  "ValidationException",
  "ThrottlingException",
  "ServiceUnavailableException",
]

/** An error inside a stream that has begun: nothing follows it. */
export function exceptionFrame(thrown: unknown): Uint8Array {
  const error =
    thrown instanceof AwsError
      ? thrown
      : new AwsError("InternalServerException", thrown instanceof Error ? thrown.message : String(thrown), 500)
  const code = EXCEPTIONS.includes(error.code) ? error.code : "InternalServerException"
  return message("exception", code.charAt(0).toLowerCase() + code.slice(1), { message: error.message, ...error.members })
}
