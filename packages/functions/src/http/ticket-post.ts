import { useUser } from "@backline/core/actor"
import * as Standing from "@backline/core/standing"
import * as Ticket from "@backline/core/ticket"
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda"
import { bearerOf, http, sessionOf } from "./handler.ts"

/**
 * POST /realtime/ticket: the ticket remembers the Origin of this request and the end of its token, whatever the body says. The token itself is kept for
 * those who open and close sockets: first, so that no socket is open whose signing out nobody could see.
 */
export const handler = (event: APIGatewayProxyEventV2WithJWTAuthorizer) =>
  http({
    run: async () => {
      const { claims } = event.requestContext.authorizer.jwt
      const expiresAt = Number(claims.exp) * 1000
      const session = sessionOf(claims)
      await Standing.keepToken({ ...useUser(), session }, { token: bearerOf(event), expiresAt })
      return Ticket.create({ origin: event.headers.origin, tokenExpiresAt: expiresAt, session })
    },
  })(event)
