import { randomFillSync } from "node:crypto"

const BYTES = 11
/** A call for random bytes costs the same for one id and for hundreds, and every message needs three. */
const pool = Buffer.alloc(BYTES * 512)
let used = pool.length

/** Eleven random bytes: 15 characters and `=`, as API Gateway shapes request and connection ids; of base64's variants the one that is safe in a path. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const id = pool.toString("base64url", used, used + BYTES)
  used += BYTES
  return `${id}=`
}
