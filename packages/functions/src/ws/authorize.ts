import { toAppError } from "@backline/core/error"
import { log } from "@backline/core/logger"
import * as Ticket from "@backline/core/ticket"
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from "aws-lambda"

/** Header names keep the client's case in events of WebSocket APIs. */
const headerOf = (event: APIGatewayRequestAuthorizerEvent, name: string): string | undefined =>
  Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]

const policy = (principalId: string, Effect: "Allow" | "Deny", Resource: string, context?: Record<string, string>) => ({
  principalId,
  policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect, Resource }] },
  context,
})

/** Lets a socket open for the holder of a ticket, from the origin that asked for it; `$connect` finds the person in its context. */
export const handler = async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
  try {
    const ticket = event.queryStringParameters?.ticket ?? ""
    const { userId, role, session, tokenExpiresAt } = await Ticket.redeem({ ticket, origin: headerOf(event, "origin") })
    return policy(userId, "Allow", event.methodArn, { userId, role, session: session ?? "", expiresAt: String(tokenExpiresAt) })
  } catch (thrown) {
    const { kind } = toAppError(thrown)
    if (kind !== "auth" && kind !== "input") throw thrown
    log.info("ticket was refused", { requestId: event.requestContext.requestId })
    return policy("anonymous", "Deny", event.methodArn)
  }
}
