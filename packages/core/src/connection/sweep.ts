import { lastActive } from "../callbacks.ts"
import { now } from "../clock.ts"
import { log, metric } from "../logger.ts"
import { inParallel } from "../parallel.ts"
import * as Roster from "../roster/index.ts"
import { announce } from "./announce.ts"
import { tellLater } from "./departure.ts"
import { close } from "./close.ts"
import { isWelcome } from "./person.ts"
import { everything, type Seen, type SeenRow } from "./scan.ts"
import * as table from "./table.ts"

/** What API Gateway ends without a word from either side: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const IDLE_MS = 10 * 60_000

/** Calls under way at once, of 10,000 a second that an account has for all its sockets. */
const PARALLEL = 32
/** The user pool answers 120 such calls a second for the whole account; most of them belong to people who sign in. */
const PERSON_PARALLEL = 4

/** Until when sockets are known to have been alive, and since when people were found welcome, as far as this function saw. */
const aliveUntil = new Map<string, number>()
const welcomeAt = new Map<string, number>()

export interface Swept {
  /** Rows whose sockets were gone. */
  dead: number
  /** Sockets closed because no token vouches for them any more. */
  expired: number
  /** Sockets closed because their person was disabled or removed. */
  unwelcome: number
  /** Roster entries without a connection. */
  ghosts: number
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

async function unwelcomeOf(userIds: string[], until: number): Promise<Set<string>> {
  const unwelcome = new Set<string>()
  const turns = userIds.toSorted((a, b) => (welcomeAt.get(a) ?? 0) - (welcomeAt.get(b) ?? 0))
  await inParallel(turns, PERSON_PARALLEL, async (userId) => {
    if (now() > until) return
    if (!(await isWelcome(userId))) unwelcome.add(userId)
    else welcomeAt.set(userId, now())
  })
  return unwelcome
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
 * Finds what nobody told: `$disconnect` is best effort, and a token's end is no event. One scan, the only one of the product. Closes what has no
 * right to be open, asks about what was idle for too long, takes ghosts off the rosters, deletes what is over, posts notices to everybody.
 * `budgetMs` bounds the questions to the user pool; who was not asked is the first of the next sweep.
 */
export async function sweep(budgetMs = 30_000): Promise<Swept> {
  const until = now() + budgetMs
  const seen = await everything(now())
  const swept: Swept = { dead: 0, expired: 0, unwelcome: 0, ghosts: 0 }
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
  await inParallel(seen.rows, PARALLEL, (row) =>
    attempt(async () => {
      if (row.keepUntil <= now() || (await isDead(row))) {
        await forget(row)
        swept.dead += 1
      } else if (row.expiresAt <= now()) {
        await close(row.ref)
        swept.expired += 1
      } else open.push(row)
    }),
  )

  await attempt(() => announce(seen.notices, open))

  const unwelcome = await unwelcomeOf([...new Set(open.map(({ ref }) => ref.userId))], until)
  await inParallel(
    open.filter(({ ref }) => unwelcome.has(ref.userId)),
    PARALLEL,
    ({ ref }) =>
      attempt(async () => {
        await close(ref)
        swept.unwelcome += 1
      }),
  )

  await attempt(async () => void (swept.ghosts = await sweepRosters(seen)))
  log.info("connections were swept", { ...swept, open: open.length, failed })
  metric({ OpenConnections: open.length - swept.unwelcome, DeadConnections: swept.dead, SweepFailures: failed })
  return swept
}
