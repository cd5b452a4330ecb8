import * as Connection from "@backline/core/connection"
import { log } from "@backline/core/logger"
import * as Tap from "@backline/core/tap"
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda"
import { socketOf } from "./socket.ts"

/** `$connect`: remembers whose socket this is; a failure refuses the handshake, and the client asks for a new ticket. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const started = performance.now()
  const socket = socketOf(event.requestContext)
  const { connectionId, userId } = socket
  return Tap.watched(async () => {
    const isOpen = await Connection.create(socket)
    const outcome = isOpen ? "open" : "gone"
    const ms = Math.round(performance.now() - started)
    Tap.note({}, () => ({ at: socket.at, direction: "in", what: "$connect", user: { id: userId }, connectionId, outcome, ms }))
    if (isOpen) log.info("connection was opened", { connectionId, userId })
    return { statusCode: isOpen ? 200 : 410 }
  }, userId)
}
