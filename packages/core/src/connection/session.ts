import * as z from "zod"
import type { Role } from "../actor.ts"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { Recent } from "../recent.ts"
import * as Standing from "../standing/index.ts"
import * as table from "./table.ts"
import { vouch } from "./token.ts"
import { Key } from "../text.ts"

interface Session {
  role: Role
  expiresAt: number
}

/** What this function read of rows, until it is over. */
const known = new Recent<Session>(10_000)

function keep(connectionId: string, session: Session): Session {
  known.set(connectionId, session)
  return session
}

/**
 * Whether a token still vouches for a socket; gives the role. What the handshake knew costs nothing; the row is read only when that is over. Throws
 * `auth.expired`, and the transport closes the socket.
 */
export async function check(ref: table.Ref, atHandshake: Session): Promise<Role> {
  if (atHandshake.expiresAt > now()) return atHandshake.role
  const kept = known.get(ref.connectionId)
  if (kept && kept.expiresAt > now()) return kept.role
  const row = await table.find(ref)
  if (row && row.expiresAt > now()) return keep(ref.connectionId, row).role
  throw new AppError("auth", "auth.expired", "Your session is over. Sign in again, or renew the token and open a new connection.")
}

/**
 * The role that the person of a socket has now, for what needs one: as the user pool said within the last minute. Throws `auth.revoked` for who was
 * disabled, deleted or signed out.
 */
export async function confirm(ref: table.Ref, atHandshake: Pick<table.Info, "role" | "session">): Promise<Role> {
  const { role, session = "" } = (await table.find(ref)) ?? atHandshake
  const token = async () => (await Standing.tokenOf({ userId: ref.userId, session }))?.token
  return Standing.confirm({ userId: ref.userId, session, role }, { token })
}

/**
 * `auth.refresh`: a newer token of the same person vouches for the socket from now on. Throws `auth.revoked` for one that was signed out. The token is kept
 * first: if that is all that happens, the socket ends with its old one.
 */
export const refresh = fn(
  () => z.object({ connectionId: Key(), userId: Key(), token: Key(16_384) }),
  async ({ token, ...ref }): Promise<{ expiresAt: number }> => {
    const { userId, role, session = "", expiresAt } = await vouch(token)
    if (userId !== ref.userId)
      throw new AppError("auth", "auth.token", "This token is another person's. Open a connection of your own for it.")
    const who = { userId, session, role }
    await Standing.confirm(who, { token: async () => token, atMostMs: Standing.OPENING_MS })
    await Standing.keepToken(who, { token, expiresAt })
    if (!(await table.extend(ref, { role, expiresAt, session })))
      throw new AppError("auth", "auth.expired", "This connection is over. Open a new one.")
    keep(ref.connectionId, { role, expiresAt })
    return { expiresAt }
  },
)
