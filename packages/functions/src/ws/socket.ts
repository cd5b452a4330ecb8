import { type Role, ROLES } from "@backline/core/actor"
import type { APIGatewayEventWebsocketRequestContextV2 } from "aws-lambda"
import * as z from "zod"

/** What the authorizer says of a socket, as text, with every event of it: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html */
const Context = z.object({
  userId: z.string().min(1),
  role: z.enum(ROLES),
  session: z.string().default(""),
  expiresAt: z.coerce.number(),
})

export interface Socket {
  connectionId: string
  userId: string
  role: Role
  /** The sign-in of that token. */
  session: string
  /** Until when the token vouches for it that the ticket was made with, in epoch milliseconds. */
  expiresAt: number
  /** When the gateway got what this event is about, in epoch milliseconds. */
  at: number
}

/** Whose socket an event is about: never from what the client sends. */
export function socketOf(context: APIGatewayEventWebsocketRequestContextV2): Socket {
  const { connectionId, requestTimeEpoch, authorizer } = context as typeof context & { authorizer: unknown }
  return { connectionId, ...Context.parse(authorizer), at: requestTimeEpoch }
}
