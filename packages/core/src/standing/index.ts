import type { Role } from "../actor.ts"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { log } from "../logger.ts"
import { Recent } from "../recent.ts"
import { ask } from "./ask.ts"
import * as table from "./table.ts"
import * as tokens from "./token.ts"

export { ask } from "./ask.ts"
export type { Session } from "./table.ts"
export { find as tokenOf, type Kept } from "./token.ts"

/** How old an answer of the user pool may be: rights end within a minute, and what is under way needs some of it. */
export const FRESH_MS = 50_000
/** For who opens a socket, which then hears until the next sweep. */
export const OPENING_MS = 2_000
/** While the user pool does not answer, members are believed for as long; a role that is more than a member's is not. */
const GRACE_MS = 10 * 60_000
const RETRY_MS = 1_000

/** What this function knows, the sessions that were asked about last. */
const memory = new Recent<table.Item>(10_000)
const asking = new Map<string, Promise<table.Answer>>()

const keyOf = ({ userId, session, role }: table.Session): string => `${userId} ${session} ${role}`

const remember = (who: table.Session, item: table.Item) => memory.set(keyOf(who), item)

const answerIn = (item: table.Item | undefined): table.Answer | undefined => table.Answer.safeParse(item).data
const isYounger = ({ checkedAt }: table.Answer, ms: number): boolean => Math.abs(now() - checkedAt) < ms

/** This table makes answers cheap; without it they are asked for. */
async function quietly<R>(what: string, run: () => Promise<R>): Promise<R | undefined> {
  try {
    return await run()
  } catch (error) {
    log.warn(what, { error })
    return undefined
  }
}

async function look(who: table.Session, token: () => Promise<string | undefined>, atMostMs: number): Promise<table.Answer> {
  const item = await quietly("standing was not read", () => table.find(who))
  const kept = answerIn(item)
  if (item) remember(who, item)
  if (kept && isYounger(kept, atMostMs)) return kept
  const checkedAt = now()
  const told = await ask(who, await token())
  if (told) {
    const answer = { checkedAt, ...told }
    // Who asks before the others need it tells them only what is news.
    const isKnown = kept && isYounger(kept, FRESH_MS) && kept.isWelcome === told.isWelcome && kept.role === told.role
    const noted = isKnown ? undefined : await quietly("standing was not noted", () => table.note(who, answer))
    remember(who, noted ?? { tokenUntil: 0, ...item, ...answer })
    return answer
  }
  if (kept && isYounger(kept, who.role === "member" ? GRACE_MS : FRESH_MS)) return kept
  throw new AppError("unavailable", "unavailable.identity", "The sign-in service did not answer. Try again.", {
    retryAfterMs: RETRY_MS,
  })
}

interface How {
  /** An access token of this session, where there is one; only with it signing out is seen. */
  token?: () => Promise<string | undefined>
  atMostMs?: number
}

const noToken = async (): Promise<undefined> => undefined

/**
 * The role that a session has now, as the user pool said within the last minute: from this function's memory, else from what another noted (half a read
 * unit), else by asking. Throws `auth.revoked` for who was disabled, deleted or signed out, `unavailable.identity` where nobody says.
 */
export async function confirm(who: table.Session, { token = noToken, atMostMs = FRESH_MS }: How = {}): Promise<Role> {
  const known = answerIn(memory.get(keyOf(who)))
  const key = `${keyOf(who)} ${atMostMs}`
  const looking = (): Promise<table.Answer> => {
    const started = asking.get(key) ?? look(who, token, atMostMs).finally(() => asking.delete(key))
    asking.set(key, started)
    return started
  }
  const { isWelcome, role } = known && isYounger(known, atMostMs) ? known : await looking()
  if (!isWelcome) throw new AppError("auth", "auth.revoked", "You were signed out, or your account was closed. Sign in again.")
  return role
}

/** Keeps a session's token for those who close sockets, once for each token. Follows `confirm`, which read whether it is kept. */
export async function keepToken(who: table.Session, kept: tokens.Kept): Promise<void> {
  if ((memory.get(keyOf(who))?.tokenUntil ?? 0) >= kept.expiresAt) return
  await tokens.keep(who, kept)
  remember(who, await table.noteToken(who, kept.expiresAt, now()))
}
