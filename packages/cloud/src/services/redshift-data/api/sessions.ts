import { randomUUID } from "node:crypto"
import { AwsError } from "../../../service.ts"
import type { DatabaseUser } from "../rights/user.ts"
import type { Connection } from "../engine/connection.ts"

/** One session of the Data API: the connection, with its temporary tables, outlives a statement. */
export interface Session {
  id: string
  workgroup: string
  database: string
  /** Who opened it: nobody else may use it. */
  owner: string
  user: DatabaseUser
  keepAliveMs: number
  createdAt: number
  updatedAt: number
  /** When it ends unless another statement comes. */
  expiresAt: number
  busy: boolean
  connection: Connection
}

/** Documented maximum of active sessions. */
const SESSIONS = 500

export class Sessions {
  private readonly sessions = new Map<string, Session>()

  constructor(private readonly now: () => number) {}

  open(
    connection: Connection,
    place: { workgroup: string; database: string; owner: string; user: DatabaseUser },
    keepAliveSeconds: number,
  ): Session {
    this.expire()
    if (this.sessions.size >= SESSIONS)
      throw new AwsError("ActiveSessionsExceededException", "Active sessions exceeded the allowed quota (500).")
    const keepAliveMs = keepAliveSeconds * 1_000
    const at = this.now()
    const session: Session = {
      id: randomUUID(),
      workgroup: place.workgroup,
      database: place.database,
      owner: place.owner,
      user: place.user,
      keepAliveMs,
      createdAt: at,
      updatedAt: at,
      expiresAt: at + keepAliveMs,
      busy: false,
      connection,
    }
    this.sessions.set(session.id, session)
    return session
  }

  /** Throws ValidationException for a session that ended, or that runs another statement. */
  use(id: string, owner: string, keepAliveSeconds?: number): Session {
    const session = this.find(id)
    if (session.owner !== owner) throw missing(id)
    if (session.busy) throw new AwsError("ValidationException", `Session ${id} is busy: it runs one statement at a time.`)
    if (keepAliveSeconds !== undefined) session.keepAliveMs = keepAliveSeconds * 1_000
    return session
  }

  find(id: string): Session {
    this.expire()
    const session = this.sessions.get(id)
    if (!session) throw missing(id)
    return session
  }

  release(session: Session): void {
    session.busy = false
    session.updatedAt = this.now()
    session.expiresAt = this.now() + session.keepAliveMs
    this.expire()
  }

  /** Newest first. */
  list(): Session[] {
    this.expire()
    return [...this.sessions.values()].toReversed()
  }

  get size(): number {
    return this.sessions.size
  }

  close(): void {
    for (const { connection } of this.sessions.values()) connection.close()
    this.sessions.clear()
  }

  private expire(): void {
    for (const [id, session] of this.sessions) {
      if (session.busy || session.expiresAt > this.now()) continue
      session.connection.close()
      this.sessions.delete(id)
    }
  }
}

const missing = (id: string): AwsError => new AwsError("ValidationException", `Session ${id} does not exist or has expired.`)
