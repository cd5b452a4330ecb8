import { randomBytes } from "node:crypto"
import type { Secrets } from "./service.ts"

const random = (): string => randomBytes(32).toString("hex")

/** For a run that keeps nothing, or a data folder that is new. */
export const freshSecrets = (): Secrets => ({ keys: random(), names: random() })

/** As a data folder keeps them. One that was used before there were any goes on with the queue names under which its messages lie. */
export function readSecrets(kept: unknown): Secrets | undefined {
  const { keys, names } = (kept ?? {}) as Record<string, unknown>
  return typeof keys === "string" && keys !== "" && typeof names === "string" ? { keys, names } : undefined
}
