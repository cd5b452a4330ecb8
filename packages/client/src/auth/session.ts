import { ApiError } from "../error.ts"
import { choosePassword, type NewPasswordRequired, refresh, revoke, signIn, type Tokens, type UserPool } from "./cognito.ts"

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">

interface Options {
  pool: UserPool
  /**
   * Where the refresh token lives. In a browser sessionStorage: it survives a reload, which is why it is kept at all, and ends with
   * the tab. Never localStorage (every tab, for ever) and never an address. The access token stays in memory.
   */
  store: Store
  fetch?: typeof fetch
  now?: () => number
}

const KEY = "backline.refresh"
/** Renewed this long before it ends, so that no call leaves with a token that dies on the way. */
const EARLY_MS = 60_000

/** `unknown`: a refresh token is in the store and has not been tried yet. */
export type SessionState = "unknown" | "in" | "out"

/** Who is signed in on this tab. At most one refresh is under way, however many calls wait for it. */
export function createSession({ pool, store, fetch: send = (...args) => fetch(...args), now = Date.now }: Options) {
  const listeners = new Set<() => void>()
  let tokens: Tokens | undefined
  let state: SessionState = store.getItem(KEY) ? "unknown" : "out"
  let renewing: Promise<string> | undefined
  /** Counts sign-ins and sign-outs: a refresh that ends after one of them changes nothing. */
  let generation = 0

  function become(next: SessionState): void {
    if (state === next) return
    state = next
    for (const listener of listeners) listener()
  }

  function forget(): void {
    generation++
    tokens = undefined
    renewing = undefined
    store.removeItem(KEY)
    become("out")
  }

  async function renew(): Promise<string> {
    const started = generation
    const token = store.getItem(KEY)
    if (!token) {
      forget()
      throw new ApiError("auth.required", "Sign in first.", { status: 401 })
    }
    try {
      const fresh = await refresh(pool, token, send, now())
      if (started !== generation) throw new ApiError("auth.required", "Sign in first.", { status: 401 })
      tokens = fresh
      // A pool with rotation gives a new refresh token each time.
      if (fresh.refreshToken) store.setItem(KEY, fresh.refreshToken)
      become("in")
      return fresh.accessToken
    } catch (error) {
      // Only a refusal ends the session; a network that is down does not.
      if (started === generation && error instanceof ApiError && error.code.startsWith("auth.")) forget()
      throw error
    }
  }

  function enter(granted: Tokens): void {
    generation++
    renewing = undefined
    tokens = granted
    if (granted.refreshToken) store.setItem(KEY, granted.refreshToken)
    become("in")
  }

  return {
    get state(): SessionState {
      return state
    },
    /** Throws NewPasswordRequired where an administrator chose the password; `choosePassword` goes on from there. */
    async signIn(email: string, password: string): Promise<void> {
      enter(await signIn(pool, email, password, send, now()))
    },
    async choosePassword(challenge: NewPasswordRequired, password: string): Promise<void> {
      enter(await choosePassword(pool, challenge, password, send, now()))
    },
    /** Forgets the tokens at once, then tells Cognito; a failure of the second is not worth a word. */
    async signOut(): Promise<void> {
      const token = store.getItem(KEY)
      forget()
      if (token) await revoke(pool, token, send).catch(() => undefined)
    },
    /** A valid access token, renewed when it is about to end or, with `fresh`, because it was refused. */
    async getToken({ fresh = false }: { fresh?: boolean } = {}): Promise<string> {
      if (!fresh && tokens && tokens.expiresAt - EARLY_MS > now()) return tokens.accessToken
      if (renewing) return renewing
      const attempt = renew().finally(() => {
        if (renewing === attempt) renewing = undefined
      })
      renewing = attempt
      return attempt
    },
    onChange(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export type Session = ReturnType<typeof createSession>
