import * as Ticket from "@backline/core/ticket"
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda"
import { http } from "./handler.ts"

/** POST /realtime/ticket: the ticket remembers the Origin of this request and the end of its token, whatever the body says. */
export const handler = (event: APIGatewayProxyEventV2WithJWTAuthorizer) => {
  const tokenExpiresAt = Number(event.requestContext.authorizer.jwt.claims.exp) * 1000
  return http({ run: () => Ticket.create({ origin: event.headers.origin, tokenExpiresAt }) })(event)
}
