export type UserStatus = "CONFIRMED" | "FORCE_CHANGE_PASSWORD"

/** A user as it is written down. */
export interface KeptUser {
  pool: string
  sub: string
  /** The name that was given, in whatever case. */
  name: string
  username: string
  attributes: [string, string][]
  groups: string[]
  status: UserStatus
  enabled: boolean
  /** base64 */
  password?: { salt: string; key: string }
  createdAt: number
  changedAt: number
  invitedAt?: number
}
