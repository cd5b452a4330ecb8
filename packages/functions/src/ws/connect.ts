import * as Connection from "@backline/core/connection"
import { log } from "@backline/core/logger"
import type { Role } from "@backline/core/actor"
import type {
  APIGatewayProxyResultV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
  APIGatewayEventWebsocketRequestContextV2,
} from "aws-lambda"

type Authorized = APIGatewayEventWebsocketRequestContextV2 & { authorizer: { userId: string; role: Role } }

/** `$connect`: remembers whose socket this is; a failure refuses the handshake, and the client asks for a new ticket. */
export const handler = async (
  event: APIGatewayProxyWebsocketEventV2WithRequestContext<Authorized>,
): Promise<APIGatewayProxyResultV2> => {
  const { connectionId, authorizer } = event.requestContext
  const { userId, role } = authorizer
  await Connection.create({ connectionId, userId, role })
  log.info("connection was opened", { connectionId, userId })
  return { statusCode: 200 }
}
