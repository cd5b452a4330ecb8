import type { KeptUser } from "./kept-user.ts"
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { Journal } from "../../journal.ts"
import type { Pool, Session, User } from "./pool.ts"

interface KeptSession extends Omit<Session, "pool" | "user"> {
  pool: string
  sub: string
  /** Digest of the refresh token, which itself is nowhere. */
  digest: string
}

type Entry = { user: KeptUser } | { gone: { pool: string; sub: string } } | { session: KeptSession } | { revoked: string }

const MODULUS = 2048

/** What outlives a run: people with their passwords' hashes, sign-ins, and the key that tokens are signed with. Without a folder nothing does. */
export class Kept {
  private readonly users = new Map<string, KeptUser>()
  private readonly sessions = new Map<string, KeptSession>()
  readonly revoked = new Set<string>()
  private journal: Journal<Entry> | undefined

  constructor(
    private readonly folder: string | undefined,
    now: number,
  ) {
    if (folder === undefined) return
    this.journal = new Journal<Entry>(join(folder, "directory.jsonl"), (entry) => this.take(entry))
    this.forget(now)
    this.journal.rewrite(this.entries())
  }

  /** The signing key; one of the last run is taken again, so that its tokens stay good. */
  async key(): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
    const file = this.folder && join(this.folder, "signing-key.pem")
    if (file && existsSync(file)) {
      const privateKey = createPrivateKey(readFileSync(file))
      return { privateKey, publicKey: createPublicKey(privateKey) }
    }
    const made = await promisify(generateKeyPair)("rsa", { modulusLength: MODULUS })
    if (file) {
      mkdirSync(this.folder!, { recursive: true })
      writeFileSync(`${file}.new`, made.privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 })
      renameSync(`${file}.new`, file)
    }
    return made
  }

  usersOf(pool: string): KeptUser[] {
    return [...this.users.values()].filter((user) => user.pool === pool)
  }

  sessionsOf(pool: string): KeptSession[] {
    return [...this.sessions.values()].filter((session) => session.pool === pool)
  }

  /** A user as it is now. */
  user(
    pool: Pool,
    { sub, username, attributes, groups, status, enabled, password, createdAt, changedAt, invitedAt }: User,
  ): void {
    const hash = password && { salt: password.salt.toString("base64"), key: password.key.toString("base64") }
    const name = pool.nameOf(sub)
    const more = {
      attributes: [...attributes],
      groups: [...groups],
      status,
      enabled,
      password: hash,
      createdAt,
      changedAt,
      invitedAt,
    }
    this.add({ user: { pool: pool.id, sub, name, username, ...more } })
  }

  removed(pool: Pool, { sub }: User): void {
    this.add({ gone: { pool: pool.id, sub } })
  }

  signedIn(digest: string, { pool, user, ...session }: Session): void {
    this.add({ session: { ...session, pool: pool.id, sub: user.sub, digest } })
  }

  ended(originJti: string): void {
    if (this.revoked.has(originJti)) return
    this.add({ revoked: originJti })
  }

  close(): void {
    this.journal?.close()
    this.journal = undefined
  }

  private add(entry: Entry): void {
    this.journal?.append(entry)
    this.take(entry)
  }

  private take(entry: Entry): void {
    if ("user" in entry) this.users.set(`${entry.user.pool} ${entry.user.sub}`, entry.user)
    else if ("gone" in entry) this.users.delete(`${entry.gone.pool} ${entry.gone.sub}`)
    else if ("session" in entry) this.sessions.set(entry.session.digest, entry.session)
    else this.revoked.add(entry.revoked)
  }

  /** Sign-ins that are over, and with them what was revoked of them. */
  private forget(now: number): void {
    for (const [digest, { expiresAt, originJti }] of this.sessions)
      if (expiresAt <= now && this.sessions.delete(digest)) this.revoked.delete(originJti)
  }

  private *entries(): Generator<Entry> {
    for (const user of this.users.values()) yield { user }
    for (const session of this.sessions.values()) yield { session }
    for (const revoked of this.revoked) yield { revoked }
  }
}
