import { toApiError } from "../error.ts"

type GetToken = (options?: { fresh?: boolean }) => Promise<string>

interface Options {
  getToken: GetToken
  /** Tells the service of the new token; gives when that one ends. */
  present(token: string): Promise<{ expiresAt: number }>
  /** The service took no new token: only a new connection helps. */
  refused(): void
  random: () => number
}

/** A token is presented this long before the one in use ends, each client at its own moment. */
const EARLY_MS = 90_000
const SPREAD_MS = 60_000
const AGAIN_MS = 10_000

/** When an access token was made and when it ends, in epoch milliseconds of the service; nothing for what is not a JWT. */
function timesOf(token: string): { made?: number; end?: number } {
  try {
    const { iat, exp } = JSON.parse(atob(token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"))) as Record<
      string,
      unknown
    >
    return { made: typeof iat === "number" ? iat * 1000 : undefined, end: typeof exp === "number" ? exp * 1000 : undefined }
  } catch {
    return {}
  }
}

/** Keeps the rights of a live connection: a connection outlives its token, so the next one is presented on it in time. */
export function createRights({ getToken, present, refused, random }: Options) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let generation = 0
  /** How far the service's clock is ahead of this one. */
  let ahead = 0

  function plan(expiresAt: number | undefined): void {
    if (expiresAt === undefined) return
    const left = expiresAt - Date.now() - ahead
    const early = Math.min(EARLY_MS + random() * SPREAD_MS, left / 2)
    wait(Math.max(1_000, left - early))
  }

  function wait(ms: number): void {
    clearTimeout(timer)
    // Beyond 2^31 ms a timer fires at once.
    timer = setTimeout(() => void renew(), Math.min(ms, 2 ** 31 - 1))
  }

  async function renew(): Promise<void> {
    const started = generation
    try {
      const token = await getToken({ fresh: true })
      const { made } = timesOf(token)
      // It was made just now: what its time is beside ours is the clocks' difference.
      if (made !== undefined) ahead = made - Date.now()
      const { expiresAt } = await present(token)
      if (started === generation) plan(expiresAt)
    } catch (thrown) {
      if (started !== generation) return
      const { code } = toApiError(thrown)
      if (code.startsWith("auth.")) refused()
      else if (code !== "input.action") wait(AGAIN_MS)
    }
  }

  return {
    /** A connection opened with the token in hand. */
    start(): void {
      const started = ++generation
      clearTimeout(timer)
      getToken().then(
        (token) => {
          if (started !== generation) return
          const { made = 0, end } = timesOf(token)
          // It may be old, so it proves no more than that this clock is slow.
          ahead = Math.max(ahead, made - Date.now())
          plan(end)
        },
        () => started === generation && wait(AGAIN_MS),
      )
    },
    stop(): void {
      generation++
      clearTimeout(timer)
    },
  }
}
