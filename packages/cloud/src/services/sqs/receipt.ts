import { AwsError } from "../../service.ts"
import { FifoQueue } from "./fifo.ts"
import { invalidValue } from "./errors.ts"
import type { Message } from "./message.ts"
import type { Queue } from "./queue.ts"

/** The handle of the message's last receive. */
export const receiptHandle = ({ name }: Queue, { id, receives }: Message): string =>
  Buffer.from(`${id} ${receives} ${name}`).toString("base64")

interface Receipt {
  /** The message, if it is still there. */
  message?: Message
  /** Whether no later receive has made the handle old. */
  isCurrent: boolean
}

/** What a receipt handle of this queue stands for. Throws for one that is none, and for an expired one of a FIFO queue. */
export function readReceipt(queue: Queue, handle: string): Receipt {
  const [, id, receives, name] = /^([0-9a-f-]{36}) (\d+) (.+)$/.exec(Buffer.from(handle, "base64").toString("utf8")) ?? []
  if (name !== queue.name)
    throw new AwsError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not a valid receipt handle.`, 404)
  const message = queue.messages.get(id!)
  const isCurrent = message?.receives === Number(receives)
  if (message && queue instanceof FifoQueue && (!isCurrent || message.state !== "inFlight"))
    throw invalidValue(handle, "ReceiptHandle", "The receipt handle has expired.")
  return { message, isCurrent }
}
