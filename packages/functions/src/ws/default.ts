import { withActor } from "@backline/core/actor"
import * as Connection from "@backline/core/connection"
import { AppError, toAppError } from "@backline/core/error"
import * as Limit from "@backline/core/limit"
import { log, withLogFields } from "@backline/core/logger"
import * as Tap from "@backline/core/tap"
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda"
import type { Outcome, Post } from "./action.ts"
import { ACTION_NAMES, actionOf, RENEWS } from "./actions.ts"
import { type Socket, socketOf } from "./socket.ts"
import { lineOf } from "./traced.ts"

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
const NO_ACTION = `There is no such action. There are: ${ACTION_NAMES.join(", ")}.`

type Read = { frame: Record<string, unknown>; problem?: undefined } | { frame: Record<string, never>; problem: unknown }

function read(body: string | undefined): Read {
  try {
    return { frame: frameOf(body) }
  } catch (problem) {
    return { frame: {}, problem }
  }
}

/** What a frame leads to, done as the person of the socket. */
async function outcomeOf({ frame, problem }: Read, socket: Socket): Promise<Outcome> {
  await Limit.take(socket, socket.at)
  if (problem) throw problem
  if (idOf(frame.id) === undefined) throw new AppError("input", "input.frame", NO_ID)
  let role = frame.action === RENEWS ? socket.role : await Connection.check(socket, socket)
  const action = await actionOf(frame.action, frame)
  if (!action) throw new AppError("input", "input.action", NO_ACTION)
  // Who never had it is refused by the action itself, for nothing.
  if (action.role !== undefined && role !== "member") role = await Connection.confirm(socket, socket)
  const { connectionId, userId } = socket
  const actor = { type: "user", userId, role } as const
  const { ack, follow } = await withActor(actor, () => action.run({ connectionId, userId, role }))
  return { ack, follow: follow && ((post) => withActor(actor, () => follow(post))) }
}

/** One frame, one ack or error; what follows an ack comes after it. The socket stays whatever the frame was, unless nobody vouches for it any more. */
async function answer(body: string | undefined, socket: Socket, post: Post): Promise<void> {
  const started = performance.now()
  const text = read(body)
  const trace = (answered: object) => {
    // Watching is no part of what is watched.
    if (text.frame.action === "tap.start" || text.frame.action === "tap.stop") return
    const ms = Math.round(performance.now() - started)
    const topics = [text.frame.room, text.frame.doc].filter((each) => typeof each === "string")
    Tap.note({ topics }, () => lineOf(text.frame, socket, answered, { bytes: Buffer.byteLength(body ?? ""), ms }))
  }
  const id = idOf(text.frame.id)
  let outcome: Outcome
  try {
    outcome = await outcomeOf(text, socket)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.kind === "internal" || error.kind === "unavailable") log.error("action failed", { error: thrown })
    const { code, message, details, retryAfterMs, fields } = error
    await post({ type: "error", id: id ?? null, code, message, details, retryAfterMs, ...fields })
    trace({ code })
    if (code === "auth.expired" || code === "auth.revoked") await Connection.close(socket)
    return
  }
  await post({ type: "ack", id, ...outcome.ack })
  trace(outcome.ack)
  await outcome.follow?.(post).catch((thrown: unknown) => tellUnheard(thrown, text.frame, socket, post))
}

/** What was acknowledged is done; whoever did it is told once in each place that it reached nobody else, where a permission is missing. */
async function tellUnheard(thrown: unknown, { room }: { room?: unknown }, { at }: Socket, post: Post): Promise<void> {
  const { code, message } = toAppError(thrown)
  log.error("what follows an action failed", { error: thrown })
  if (code !== "internal.denied") throw thrown
  const by = { id: "backline", name: "Backline", number: 0 }
  const text = `It is stored, but nobody else was told. ${message}`
  await post({ type: "notice", code, id: `${code} ${String(room)}`, text, at, by, ...(typeof room === "string" && { room }) })
}

/** `$default`: every frame of a socket. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const socket = socketOf(event.requestContext)
  const { connectionId, userId } = socket
  return withLogFields({ requestId: event.requestContext.requestId, connectionId, userId }, async () => {
    await Tap.watched(() => answer(event.body, socket, (frame) => Connection.post(socket, frame)), userId)
    return { statusCode: 200 }
  })
}
