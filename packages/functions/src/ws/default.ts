import { type Role, withActor } from "@backline/core/actor"
import * as Connection from "@backline/core/connection"
import { AppError, toAppError } from "@backline/core/error"
import { log, withLogFields } from "@backline/core/logger"
import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyResultV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from "aws-lambda"
import type { ActionContext, Outcome, Post } from "./action.ts"
import { actionOf, ACTIONS } from "./actions.ts"

type Authorized = APIGatewayEventWebsocketRequestContextV2 & { authorizer: { userId: string; role: Role } }

interface Frame {
  id: string | number
  action?: unknown
}

function frameOf(body: string | undefined): Record<string, unknown> {
  let frame: unknown
  try {
    frame = JSON.parse(body ?? "")
  } catch (cause) {
    throw new AppError("input", "input.json", "The frame is not JSON. Send an object {action, id, …} as text.", { cause })
  }
  if (typeof frame === "object" && frame !== null && !Array.isArray(frame)) return frame as Record<string, unknown>
  throw new AppError("input", "input.json", "The frame must be a JSON object {action, id, …}.")
}

/** An id comes back as it was sent; anything but a short text or a number is not worth repeating. */
const idOf = (id: unknown): Frame["id"] | undefined =>
  (typeof id === "string" && id.length >= 1 && id.length <= 64) || (typeof id === "number" && Number.isFinite(id))
    ? id
    : undefined

const NO_ID = "Each frame needs an id: a text of 1 to 64 characters or a number. Its ack or error carries it."
const NO_ACTION = `There is no such action. There are: ${Object.keys(ACTIONS).join(", ")}.`

/** One frame, one ack or error; what follows an ack comes after it. The socket stays whatever the frame was. */
async function answer(body: string | undefined, context: ActionContext, post: Post): Promise<void> {
  let id: Frame["id"] | undefined
  let outcome: Outcome
  try {
    const frame = frameOf(body)
    id = idOf(frame.id)
    if (id === undefined) throw new AppError("input", "input.frame", NO_ID)
    const run = actionOf(frame.action, frame)
    if (!run) throw new AppError("input", "input.action", NO_ACTION)
    outcome = await run(context)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.kind === "internal" || error.kind === "unavailable") log.error("action failed", { error: thrown })
    const { code, message, details, retryAfterMs, fields } = error
    await post({ type: "error", id: id ?? null, code, message, details, retryAfterMs, ...fields })
    return
  }
  await post({ type: "ack", id, ...outcome.ack })
  await outcome.follow?.(post)
}

/** `$default`: every frame of a socket. */
export const handler = async (
  event: APIGatewayProxyWebsocketEventV2WithRequestContext<Authorized>,
): Promise<APIGatewayProxyResultV2> => {
  const { connectionId, requestId, authorizer } = event.requestContext
  const { userId, role } = authorizer
  return withLogFields({ requestId, connectionId, userId }, () =>
    withActor({ type: "user", userId, role }, async () => {
      await answer(event.body, { connectionId, userId, role }, (frame) => Connection.post(connectionId, frame))
      return { statusCode: 200 }
    }),
  )
}
