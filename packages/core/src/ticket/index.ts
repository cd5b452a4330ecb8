import { randomBytes } from "node:crypto"
import * as z from "zod"
import { useUser } from "../actor.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import * as table from "./table.ts"

/** A signed-in page turns its token into a ticket and opens the socket at once: OWASP ASVS 5, 4.4. */
const LIFETIME_MS = 30_000

/** 256 random bits: a ULID would tell when it was made and what its neighbours are. */
const newTicket = (): string => `tck_${randomBytes(32).toString("base64url")}`

const Value = z.string().regex(/^tck_[\w-]{43}$/)
const Origin = z.string().max(2_048).optional()

/**
 * A ticket for the signed-in person: one use, 30 seconds, only from the origin that asked. `url` is where it opens a socket, for which the token that
 * asked vouches until `tokenExpiresAt`.
 */
export const create = fn(
  () => z.object({ origin: Origin, tokenExpiresAt: z.number() }),
  async ({ origin, tokenExpiresAt }) => {
    const { userId, role } = useUser()
    const ticket = newTicket()
    const expiresAt = now() + LIFETIME_MS
    await table.put(ticket, { userId, role, origin, tokenExpiresAt, expiresAt })
    return { ticket, url: config("WEBSOCKET_URL"), expiresAt }
  },
)

/** Whose ticket it is, once. Throws `auth.ticket` for an unknown, used or expired one and for another origin, without telling which. */
export const redeem = fn(
  () => z.object({ ticket: z.string(), origin: Origin }),
  async ({ ticket, origin }) => {
    const taken = Value.safeParse(ticket).success ? await table.take(ticket, origin, now()) : undefined
    if (!taken)
      throw new AppError(
        "auth",
        "auth.ticket",
        "This ticket does not open a connection. Ask for a new one and use it once, within 30 seconds.",
      )
    return taken
  },
)
