import { lastActive } from "../callbacks.ts"
import { now } from "../clock.ts"
import { log, metric } from "../logger.ts"
import { inParallel } from "../parallel.ts"
import { Recent } from "../recent.ts"
import * as Rights from "../rights/index.ts"
import * as Roster from "../roster/index.ts"
import * as Standing from "../standing/index.ts"
import { announce } from "./announce.ts"
import { tellLater } from "./departure.ts"
import { close } from "./close.ts"
import { everything, type Seen, type SeenRow } from "./scan.ts"
import * as table from "./table.ts"

/** What API Gateway ends without a word from either side: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const IDLE_MS = 10 * 60_000

/** Calls under way at once, of 10,000 a second that an account has for all its sockets. */
const PARALLEL = 32
/** The user pool answers 120 such calls a second for the whole account; most of them belong to people who sign in. */
const PERSON_PARALLEL = 4

/** Until when sockets are known to have been alive, since when sessions were found welcome, and their tokens, as far as this function saw. */
const aliveUntil = new Recent<number>(100_000)
let welcomeAt = new Map<string, number>()
let tokens = new Map<string, Standing.Kept>()

export interface Swept {
  /** Rows whose sockets were gone. */
  dead: number
  /** Sockets closed because no token vouches for them any more. */
  expired: number
  /** Sockets closed because their person was disabled, removed or signed out, or lost the role they were opened with. */
  unwelcome: number
  /** Roster entries without a connection. */
  ghosts: number
  /** People on rosters of what they have no right to any more. */
  strangers: number
}

/** Takes a connection off everything. Its row is deleted, not kept as a tombstone: nothing of a socket that is long dead can still be under way. */
async function forget(row: SeenRow): Promise<void> {
  for (const topic of row.topics) {
    const { left } = await Roster.lose({ topic, ...row.ref })
    if (left) await tellLater({ topic, userId: row.ref.userId })
  }
  await table.remove(row.ref)
  aliveUntil.delete(row.ref.connectionId)
}

/** Asks API Gateway about a socket that may have been idle for too long; one it does not know is gone. */
async function isDead({ ref, connectedAt }: SeenRow): Promise<boolean> {
  if ((aliveUntil.get(ref.connectionId) ?? connectedAt + IDLE_MS) > now()) return false
  const activeAt = await lastActive(ref.connectionId)
  if (activeAt === undefined) return true
  aliveUntil.set(ref.connectionId, activeAt + IDLE_MS)
  return false
}

const sessionOf = ({ ref, session, role }: SeenRow): string => `${ref.userId} ${session} ${role}`

async function tokenOf(who: Standing.Session): Promise<string | undefined> {
  const key = `${who.userId} ${who.session}`
  const known = tokens.get(key)
  const kept = known && known.expiresAt > now() ? known : await Standing.tokenOf(who)
  if (kept) tokens.set(key, kept)
  return kept?.token
}

/**
 * Of these sockets those whose session has ended, or lost its role: whoever opens another gets one with what is left. Each session is asked about once,
 * with its token where it is kept. Where the user pool does not say, nobody is cut off because it is slow.
 */
async function unwelcomeOf(open: readonly SeenRow[], until: number): Promise<SeenRow[]> {
  const unwelcome = new Set<string>()
  const sessions = new Map(open.map((row) => [sessionOf(row), row]))
  // What is known of sessions without a socket is of no use any more.
  welcomeAt = new Map([...welcomeAt].filter(([key]) => sessions.has(key)))
  const live = new Set(open.map(({ ref, session }) => `${ref.userId} ${session}`))
  tokens = new Map([...tokens].filter(([key]) => live.has(key)))
  const turns = [...sessions].toSorted(([one], [other]) => (welcomeAt.get(one) ?? 0) - (welcomeAt.get(other) ?? 0))
  await inParallel(turns, PERSON_PARALLEL, async ([key, { ref, session, role }]) => {
    if (now() > until) return
    const who = { userId: ref.userId, session, role }
    const token = await tokenOf(who).catch((error: unknown) => {
      log.warn("token was not read", { userId: ref.userId, error })
      return undefined
    })
    const told = await Standing.ask(who, token)
    if (told && (!told.isWelcome || told.role !== role)) unwelcome.add(key)
    else welcomeAt.set(key, now())
  })
  return open.filter((row) => unwelcome.has(sessionOf(row)))
}

interface Options {
  /** Bounds the questions to the user pool. */
  budgetMs?: number
  /** Takes somebody out of a room's call, where there are calls. */
  expel?(room: string, userId: string): Promise<void>
}

/** People who lost a socket, or a place, that stood for them in a call are put out of it, unless another of theirs is still there. */
async function leaveCalls(
  closed: readonly SeenRow[],
  strangers: readonly Rights.Place[],
  expel: Options["expel"],
): Promise<void> {
  const lost = [...closed.flatMap(({ ref, topics }) => topics.map((topic) => ({ topic, userId: ref.userId }))), ...strangers]
  const calls = new Map(
    lost.flatMap(({ topic, userId }) => {
      const room = Roster.roomOfCall(topic)
      return room === undefined ? [] : [[`${room} ${userId}`, { room, userId }] as const]
    }),
  )
  for (const { room, userId } of calls.values()) {
    const present = await Roster.present({ topic: Roster.callOf(room) })
    if (!present.some((each) => each.userId === userId)) await expel?.(room, userId)
  }
}

async function sweepRosters({ entries, away, rows }: Seen): Promise<number> {
  let ghosts = 0
  const known = new Set(rows.map(({ ref }) => ref.connectionId))
  const strangers = entries.filter(({ connectionId }) => !known.has(connectionId))
  await inParallel(strangers, PARALLEL, async ({ topic, connectionId, userId }) => {
    /** A row may be younger than the page of the scan it would be on. */
    if (await table.find({ userId, connectionId })) return
    ghosts += 1
    if ((await Roster.lose({ topic, connectionId, userId })).left) await tellLater({ topic, userId })
  })
  const here = new Set(entries.map(({ topic, userId }) => `${topic} ${userId}`))
  const untold = away.filter(({ topic, userId }) => !here.has(`${topic} ${userId}`))
  await inParallel(untold, PARALLEL, tellLater)
  return ghosts
}

/**
 * Finds what nobody told: `$disconnect` is best effort, and the end of a token, a session or a role is no event. One scan, the only one of the product.
 * Closes what has no right to be open, asks about what was idle for too long, takes ghosts and strangers off the rosters, deletes what is over, posts
 * notices to everybody who is left.
 * Who was not asked about within `budgetMs` is the first of the next sweep.
 */
export async function sweep({ budgetMs = 30_000, expel }: Options = {}): Promise<Swept> {
  const until = now() + budgetMs
  const seen = await everything(now())
  const swept: Swept = { dead: 0, expired: 0, unwelcome: 0, ghosts: 0, strangers: 0 }
  let failed = 0
  const attempt = async (run: () => Promise<void>) => {
    try {
      await run()
    } catch (error) {
      failed += 1
      if (failed === 1) log.warn("connection was not swept", { error })
    }
  }

  const open: SeenRow[] = []
  const closed: SeenRow[] = []
  await inParallel(seen.rows, PARALLEL, (row) =>
    attempt(async () => {
      if (row.keepUntil <= now() || (await isDead(row))) {
        await forget(row)
        swept.dead += 1
      } else if (row.expiresAt <= now()) {
        await close(row.ref)
        closed.push(row)
        swept.expired += 1
      } else open.push(row)
    }),
  )

  const unwelcome = await unwelcomeOf(open, until)
  await inParallel(unwelcome, PARALLEL, (row) =>
    attempt(async () => {
      await close(row.ref)
      closed.push(row)
      swept.unwelcome += 1
    }),
  )
  await attempt(async () => void (swept.ghosts = await sweepRosters(seen)))
  let strangers: Rights.Place[] = []
  await attempt(async () => {
    strangers = await Rights.settleAll(seen.entries)
    swept.strangers = strangers.length
  })
  const shut = new Set(unwelcome)
  await attempt(() =>
    announce(
      seen.notices,
      open.filter((row) => !shut.has(row)),
    ),
  )
  await attempt(() => leaveCalls(closed, strangers, expel))
  log.info("connections were swept", { ...swept, open: open.length, failed })
  metric({ OpenConnections: open.length - swept.unwelcome, DeadConnections: swept.dead, SweepFailures: failed })
  return swept
}
