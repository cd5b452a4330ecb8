import * as Ticket from "@backline/core/ticket"
import type { APIGatewayProxyEventV2 } from "aws-lambda"
import { http } from "./handler.ts"

/** POST /realtime/ticket: the ticket remembers the Origin of this request, whatever the body says. */
export const handler = (event: APIGatewayProxyEventV2) =>
  http({ run: () => Ticket.create({ origin: event.headers.origin }) })(event)
