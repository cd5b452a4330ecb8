import { createHash } from "node:crypto"
import { monotonicFactory } from "ulid"
import * as z from "zod"
import { now } from "./clock.ts"

const PREFIX = {
  conversation: "cnv",
  document: "doc",
  message: "msg",
  notice: "ntc",
  room: "rom",
  run: "run",
  tap: "tap",
  ticket: "tck",
} as const
export type Noun = keyof typeof PREFIX

/** A prefixed ULID (`run_01J…`); the type keeps a wrong prefix from compiling. */
export type ID<N extends Noun> = `${(typeof PREFIX)[N]}_${string}`

const ulid = monotonicFactory()
export const newId = <N extends Noun>(noun: N): ID<N> => `${PREFIX[noun]}_${ulid(now())}` as ID<N>

/** An id that follows from `parts`: whoever makes it again gets the same. */
export function hashedId<N extends Noun>(noun: N, parts: readonly string[]): ID<N> {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest()
  const letters = [...bytes.subarray(0, 26)].map((byte) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte % 32])
  return `${PREFIX[noun]}_${letters.join("")}` as ID<N>
}

/** Schema of one of our own ids: the prefix and 26 characters of Crockford base 32. */
export const IdOf = <N extends Noun>(noun: N) =>
  z.custom<ID<N>>((value) => typeof value === "string" && new RegExp(`^${PREFIX[noun]}_[0-9A-HJKMNP-TV-Z]{26}$`).test(value), {
    error: `must be a ${noun} id (${PREFIX[noun]}_…)`,
  })
