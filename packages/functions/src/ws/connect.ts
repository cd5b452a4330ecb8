import * as Connection from "@backline/core/connection"
import { httpStatus, toAppError } from "@backline/core/error"
import { log } from "@backline/core/logger"
import * as Tap from "@backline/core/tap"
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda"
import { type Socket, socketOf } from "./socket.ts"

/** What the handshake is answered with, and the word for it. Only the status reaches the client, and no page sees even that. */
async function opened(socket: Socket): Promise<{ statusCode: number; outcome: string }> {
  try {
    if (!(await Connection.create(socket))) return { statusCode: 410, outcome: "gone" }
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.kind !== "limit") throw thrown
    return { statusCode: httpStatus(error), outcome: error.code }
  }
  return { statusCode: 200, outcome: "open" }
}

/** `$connect`: remembers whose socket this is; a failure refuses the handshake, and the client asks for a new ticket. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const started = performance.now()
  const socket = socketOf(event.requestContext)
  const { connectionId, userId } = socket
  return Tap.watched(async () => {
    const { statusCode, outcome } = await opened(socket)
    const ms = Math.round(performance.now() - started)
    Tap.note({}, () => ({ at: socket.at, direction: "in", what: "$connect", user: { id: userId }, connectionId, outcome, ms }))
    log.info(outcome === "open" ? "connection was opened" : "connection was refused", { connectionId, userId, outcome })
    return { statusCode }
  }, userId)
}
