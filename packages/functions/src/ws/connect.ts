import * as Connection from "@backline/core/connection"
import { log } from "@backline/core/logger"
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda"
import { socketOf } from "./socket.ts"

/** `$connect`: remembers whose socket this is; a failure refuses the handshake, and the client asks for a new ticket. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const socket = socketOf(event.requestContext)
  if (!(await Connection.create(socket))) return { statusCode: 410 }
  log.info("connection was opened", { connectionId: socket.connectionId, userId: socket.userId })
  return { statusCode: 200 }
}
