import { randomBytes, scrypt as scryptCallback, timingSafeEqual } from "node:crypto"
import { AwsError } from "../../service.ts"

/** Cheap for a key derivation (about 8 ms): these passwords live in the memory of a laptop for as long as one process does. */
const COST = { N: 2 ** 12, r: 8, p: 1 }

export interface Hash {
  salt: Buffer
  key: Buffer
}

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scryptCallback(password, salt, 32, COST, (error, key) => (error ? reject(error) : resolve(key))),
  )

export async function hashOf(password: string): Promise<Hash> {
  const salt = randomBytes(16)
  return { salt, key: await derive(password, salt) }
}

const NOBODY: Hash = { salt: Buffer.alloc(16), key: Buffer.alloc(32) }

/** Whether a password fits; without a hash (nobody of that name) it takes as long and is false. */
export async function fits(password: string, hash: Hash = NOBODY): Promise<boolean> {
  const same = timingSafeEqual(await derive(password, hash.salt), hash.key)
  return same && hash !== NOBODY
}

export interface Policy {
  MinimumLength?: number
  RequireUppercase?: boolean
  RequireLowercase?: boolean
  RequireNumbers?: boolean
  RequireSymbols?: boolean
  /** Days that a temporary password is good for. */
  TemporaryPasswordValidityDays?: number
}

/** Throws InvalidPasswordException with Cognito's reason. */
export function checkPolicy(password: string, policy: Policy): void {
  const refuse = (reason: string): never => {
    throw new AwsError("InvalidPasswordException", `Password did not conform with policy: ${reason}`)
  }
  if (password.length < (policy.MinimumLength ?? 8)) refuse("Password not long enough")
  if (policy.RequireUppercase && !/[A-Z]/.test(password)) refuse("Password must have uppercase characters")
  if (policy.RequireLowercase && !/[a-z]/.test(password)) refuse("Password must have lowercase characters")
  if (policy.RequireNumbers && !/\d/.test(password)) refuse("Password must have numeric characters")
  if (policy.RequireSymbols && !/[^A-Za-z0-9]/.test(password)) refuse("Password must have symbol characters")
}

const FREE_FAILURES = 5
const LONGEST_MS = 15 * 60_000
const REMEMBERED = 10_000

/**
 * Failed sign-ins by name, known or not: after the fifth the name is locked for a second, then twice as long each time, up to about
 * 15 minutes. https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html
 */
export class Lockout {
  private readonly failures = new Map<string, { count: number; until: number }>()

  /** Throws while the name is locked. */
  check(name: string, now: number): void {
    if ((this.failures.get(name)?.until ?? 0) > now) throw new AwsError("NotAuthorizedException", "Password attempts exceeded")
  }

  fail(name: string, now: number): void {
    const count = (this.failures.get(name)?.count ?? 0) + 1
    const delay = count < FREE_FAILURES ? 0 : Math.min(1_000 * 2 ** (count - FREE_FAILURES), LONGEST_MS)
    this.failures.delete(name)
    if (this.failures.size >= REMEMBERED) this.failures.delete(this.failures.keys().next().value!)
    this.failures.set(name, { count, until: now + delay })
  }

  succeed(name: string): void {
    this.failures.delete(name)
  }
}
