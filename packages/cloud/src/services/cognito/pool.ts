import { randomUUID } from "node:crypto"
import { AwsError, type Resource } from "../../service.ts"
import type { KeptUser, UserStatus } from "./kept-user.ts"
import { type Hash, Lockout, type Policy } from "./password.ts"

export interface User {
  sub: string
  /** The pool's name of the user: `sub` where people sign in by e-mail, else the name they were given. */
  username: string
  attributes: Map<string, string>
  groups: Set<string>
  status: UserStatus
  enabled: boolean
  password?: Hash
  createdAt: number
  changedAt: number
  /** When the temporary password was given; it ends days later. */
  invitedAt?: number
}

export interface Client {
  id: string
  flows: Set<string>
  /** Seconds. */
  accessTtl: number
  idTtl: number
  refreshTtl: number
  revokes: boolean
  hidesUsers: boolean
}

/** A sign-in that can be refreshed; `originJti` ties every token of it together. */
export interface Session {
  pool: Pool
  user: User
  clientId: string
  originJti: string
  /** Seconds. */
  authTime: number
  expiresAt: number
}

const SECONDS: Record<string, number> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 }

/** Validities as the template states them; without units access and id tokens count in hours, refresh tokens in days. */
export function clientOf({ identity, properties }: Resource): Client {
  const units = properties.TokenValidityUnits ?? {}
  const flows: string[] = properties.ExplicitAuthFlows ?? ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
  return {
    id: identity.ref,
    flows: new Set(flows.map((flow) => flow.replace(/^ALLOW_/, ""))),
    accessTtl: Number(properties.AccessTokenValidity ?? 1) * SECONDS[units.AccessToken ?? "hours"]!,
    idTtl: Number(properties.IdTokenValidity ?? 1) * SECONDS[units.IdToken ?? "hours"]!,
    refreshTtl: Number(properties.RefreshTokenValidity ?? 30) * SECONDS[units.RefreshToken ?? "days"]!,
    revokes: properties.EnableTokenRevocation !== false,
    hidesUsers: properties.PreventUserExistenceErrors !== "LEGACY",
  }
}

const userNotFound = () => new AwsError("UserNotFoundException", "User does not exist.")

/** One user pool: its people, groups and clients, in memory. */
export class Pool {
  readonly id: string
  readonly arn: string
  readonly clients = new Map<string, Client>()
  readonly groups = new Set<string>()
  readonly users: User[] = []
  readonly lockout = new Lockout()
  policy: Policy = {}
  adminsCreateUsers = false
  private signInByEmail = false
  private readonly byName = new Map<string, User>()

  constructor(resource: Resource) {
    this.id = resource.identity.ref
    this.arn = resource.identity.arn ?? ""
    this.configure(resource)
  }

  /** Settings as the template has them now; people stay. */
  configure({ properties }: Resource): void {
    this.policy = properties.Policies?.PasswordPolicy ?? {}
    this.adminsCreateUsers = properties.AdminCreateUserConfig?.AllowAdminCreateUserOnly === true
    this.signInByEmail = (properties.UsernameAttributes ?? []).includes("email")
  }

  find(name: string): User | undefined {
    return this.byName.get(name.toLowerCase())
  }

  get(name: string): User {
    const user = this.find(name)
    if (!user) throw userNotFound()
    return user
  }

  add(name: string, attributes: Map<string, string>, status: UserStatus, now: number): User {
    if (this.signInByEmail && !/^[^\s@]+@[^\s@]+$/.test(name))
      throw new AwsError("InvalidParameterException", "Username should be an email.")
    if (this.byName.has(name.toLowerCase())) throw new AwsError("UsernameExistsException", "User account already exists")
    const sub = randomUUID()
    if (this.signInByEmail) attributes.set("email", name)
    attributes.set("sub", sub)
    const username = this.signInByEmail ? sub : name
    const user: User = { sub, username, attributes, groups: new Set(), status, enabled: true, createdAt: now, changedAt: now }
    this.enter(user, name)
    return user
  }

  /** A user of the last run. */
  restore(kept: KeptUser): User {
    const { name, sub, username, status, enabled, createdAt, changedAt, invitedAt } = kept
    const password = kept.password && {
      salt: Buffer.from(kept.password.salt, "base64"),
      key: Buffer.from(kept.password.key, "base64"),
    }
    const [attributes, groups] = [new Map(kept.attributes), new Set(kept.groups)]
    const user: User = { sub, username, attributes, groups, status, enabled, password, createdAt, changedAt, invitedAt }
    this.enter(user, name)
    return user
  }

  /** The name that a user was given; people sign in with it. */
  nameOf(sub: string): string {
    const names = [...this.byName].filter(([, user]) => user.sub === sub).map(([name]) => name)
    return names.find((name) => name !== sub) ?? sub
  }

  private enter(user: User, name: string): void {
    for (const key of new Set([name, user.username])) this.byName.set(key.toLowerCase(), user)
    this.users.push(user)
  }

  remove(user: User): void {
    this.users.splice(this.users.indexOf(user), 1)
    for (const [name, other] of this.byName) if (other === user) this.byName.delete(name)
  }

  group(name: unknown): string {
    if (typeof name === "string" && this.groups.has(name)) return name
    throw new AwsError("ResourceNotFoundException", "Group not found.")
  }
}
