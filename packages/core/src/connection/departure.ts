import { SendMessageCommand } from "../sqs/index.ts"
import * as z from "zod"
import { sqs } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"

/** A person whose last connection to a topic was lost; `at` is when that was noticed. */
export const Departure = z.object({ topic: z.string().min(1), userId: z.string().min(1), at: z.number().default(() => now()) })
export type Departure = z.infer<typeof Departure>

/**
 * Has the others told in a while, unless the person is back by then: a reload or a tunnel is nobody's departure. The queue's delay is the while. If
 * the message is lost the person stays noted as away, and the sweep sends another.
 */
export async function tellLater(lost: Omit<Departure, "at">): Promise<void> {
  const MessageBody = JSON.stringify({ ...lost, at: now() } satisfies Departure)
  await sqs().send(new SendMessageCommand({ QueueUrl: config("DEPARTURE_QUEUE_URL"), MessageBody }))
}
