import { withActor } from "@backline/core/actor"
import * as Connection from "@backline/core/connection"
import { log } from "@backline/core/logger"
import * as Tap from "@backline/core/tap"
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda"
import { socketOf } from "./socket.ts"

/** `$disconnect`: best effort on AWS's side, so the sweep and every 410 do the same. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const { connectionId, userId, at } = socketOf(event.requestContext)
  return Tap.watched(async () => {
    const topics = await withActor({ type: "system" }, () => Connection.remove({ connectionId, userId }))
    Tap.note({ topics }, () => ({
      at,
      direction: "in",
      what: "$disconnect",
      user: { id: userId },
      connectionId,
      outcome: "closed",
    }))
    await Tap.endOf(connectionId)
    log.info("connection was closed", { connectionId, userId })
    return { statusCode: 200 }
  }, userId)
}
