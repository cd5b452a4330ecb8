import * as z from "zod"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { attempt, card, type Card, cards, type Current, current, replace } from "./table.ts"

const Version = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d-[0-9a-f]{8}$/, "must be a version that GET /models lists, as 2026-11-30-3f9a1c07")

/** Models with their errors, newest data first. */
export interface Models {
  /** The version that answers, null before the first. */
  current: string | null
  items: (Card & { isCurrent: boolean })[]
  next?: string
  /** What the last training came to, epoch milliseconds. */
  lastTraining: { at: number; told: string } | null
}

export const list = fn(
  () => z.object({ limit: z.coerce.number().int().min(1).max(100).default(25), cursor: Version.optional() }),
  async ({ limit, cursor }): Promise<Models> => {
    const [pointer, last, { items, next }] = await Promise.all([current(), attempt(), cards(limit, cursor)])
    return {
      current: pointer?.version ?? null,
      items: items.map((each) => ({ ...each, isCurrent: each.version === pointer?.version })),
      ...(next === undefined ? {} : { next }),
      lastTraining: last ? { at: last.at, told: last.told } : null,
    }
  },
)

async function target(seen: Current, wanted: string | undefined): Promise<Current> {
  const version = wanted ?? seen.earlier.at(-1)
  if (version === undefined)
    throw new AppError(
      "conflict",
      "conflict.no_earlier_model",
      "No model answered before this one, so there is none to go back to.",
    )
  if (wanted !== undefined && !(await card(wanted)))
    throw new AppError("missing", "missing.model", "There is no such model. GET /models lists them.")
  const earlier = wanted === undefined ? seen.earlier.slice(0, -1) : [...seen.earlier, seen.version]
  return { version, since: now(), earlier }
}

/**
 * The model before the one that answers, or the one that is named, answers from now on. The one that is left is not promoted again by the same data.
 * Throws `conflict.no_earlier_model`, `missing.model`, and `conflict.model_changed` where somebody else changed it meanwhile.
 */
export const rollback = fn(
  () => z.object({ version: Version.optional() }),
  async ({ version }): Promise<{ current: string; before: string }> => {
    const seen = await current()
    if (!seen)
      throw new AppError("conflict", "conflict.no_earlier_model", "No model was promoted yet, so there is none to go back to.")
    if (seen.version === version) return { current: version, before: version }
    const next = await target(seen, version)
    if (!(await replace(seen, next)))
      throw new AppError(
        "conflict",
        "conflict.model_changed",
        "Another model was put in place meanwhile. Look at GET /models, then ask again.",
      )
    return { current: next.version, before: seen.version }
  },
)
