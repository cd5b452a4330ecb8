import * as Connection from "@backline/core/connection"
import { log } from "@backline/core/logger"
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda"

/** `$disconnect`: best effort on AWS's side, so the sweep and every 410 do the same. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext
  await Connection.remove({ connectionId })
  log.info("connection was closed", { connectionId })
  return { statusCode: 200 }
}
