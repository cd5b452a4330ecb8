import { AccessToken, RoomServiceClient } from "livekit-server-sdk"
import { useUser } from "../actor.ts"
import { now } from "../clock.ts"
import { fn } from "../fn.ts"
import { log } from "../logger.ts"
import { RoomRef } from "../room/log.ts"
import { asMember } from "../room/read.ts"
import { personOf } from "../room/table.ts"
import { type LiveKit, livekit } from "./parameters.ts"

/** A token opens the call at once or not at all; whoever is in it stays in. */
const LIFETIME_MS = 10 * 60_000
const TIMEOUT_SECONDS = 3

/** Who is in the call; nobody where LiveKit has no such room yet; undefined where it does not answer, which does not keep anybody out. */
async function participants({ url, key, secret }: LiveKit, room: string) {
  try {
    const client = new RoomServiceClient(url.replace(/^ws/, "http"), key, secret, {
      requestTimeout: TIMEOUT_SECONDS,
      failover: false,
    })
    const people = await client.listParticipants(room)
    return people.map(({ identity, name, joinedAtMs }) => ({ id: identity, name, joinedAt: Number(joinedAtMs) }))
  } catch (error) {
    if ((error as { status?: number }).status === 404) return []
    log.warn("call was not looked into", { room, error })
    return undefined
  }
}

/** What a member of a room needs to join its call, and who is in it. Throws `missing.room`, `conflict.not_configured`. */
export const enter = fn(
  () => RoomRef,
  async ({ room }) => {
    const { member } = await asMember(room, useUser().userId)
    const settings = await livekit()
    const { id, name, number } = personOf(member)
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
