import { AccessToken, RoomServiceClient } from "livekit-server-sdk"
import { useUser } from "../actor.ts"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { log } from "../logger.ts"
import * as Room from "../room/index.ts"
import { type LiveKit, livekit } from "./parameters.ts"

/** A token opens the call at once or not at all; whoever is in it stays in. It outlives a right that ends by no more than rights may. */
const LIFETIME_MS = 60_000
const TIMEOUT_SECONDS = 3

const callsAt = ({ url, key, secret }: LiveKit) =>
  new RoomServiceClient(url.replace(/^ws/, "http"), key, secret, { requestTimeout: TIMEOUT_SECONDS, failover: false })

const isMissing = (error: unknown): boolean => (error as { status?: number }).status === 404

/** Who is in the call; nobody where LiveKit has no such room yet; undefined where it does not answer, which does not keep anybody out. */
async function participants(settings: LiveKit, room: string) {
  try {
    const people = await callsAt(settings).listParticipants(room)
    return people.map(({ identity, name, joinedAtMs }) => ({ id: identity, name, joinedAt: Number(joinedAtMs) }))
  } catch (error) {
    if (isMissing(error)) return []
    log.warn("call was not looked into", { room, error })
    return undefined
  }
}

/** What a member of a room needs to join its call, and who is in it. Throws `missing.room`, `conflict.not_configured`. */
export const enter = fn(
  () => Room.RoomRef,
  async ({ room }) => {
    const { member } = await Room.asMember(room, useUser().userId)
    const settings = await livekit()
    const { id, name, number } = Room.personOf(member)
    const token = new AccessToken(settings.key, settings.secret, {
      identity: id,
      name,
      metadata: JSON.stringify({ number }),
      ttl: LIFETIME_MS / 1000,
    })
    token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true })
    const expiresAt = now() + LIFETIME_MS
    return { url: settings.url, token: await token.toJwt(), expiresAt, participants: await participants(settings, room) }
  },
)

/** Takes a person out of a room's call, wherever their device got their ticket. Where LiveKit has no such call, does not answer or is not set up there is nothing to be done, and no error. */
export async function expel(room: string, userId: string): Promise<void> {
  try {
    await callsAt(await livekit()).removeParticipant(room, userId)
  } catch (error) {
    const isNothing = isMissing(error) || (error instanceof AppError && error.code === "conflict.not_configured")
    if (!isNothing) log.warn("person was not taken out of the call", { room, userId, error })
  }
}

/**
 * Takes a person out of a room, as `Room.remove`, and then out of its call. Asking again finishes it where the second step did not happen; who holds a
 * ticket that is not used yet comes in with it once more while it is valid.
 */
export const removeMember = fn(
  () => Room.remove.schema,
  async (who) => {
    const result = await Room.remove(who)
    await expel(who.room, who.userId ?? useUser().userId)
    return result
  },
)
