import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Which season a data folder holds. */
export interface KeptSeason {
  /** Epoch milliseconds; the season is the one of its UTC day. */
  at: number
  /** False while it is being loaded: a start that was cut short sends the same events again, and a repeat is the same event. */
  loaded: boolean
}

/** A season sells for about five months; then the folder gets another one beside it. */
const SEASON_MS = 60 * 86_400_000

const fileIn = (data: string): string => join(data, "season.json")

/** The season of the folder, or the one of `now` where it has none that still sells. */
export function keptSeason(data: string | undefined, now: number): KeptSeason {
  if (data !== undefined) {
    try {
      const { at, loaded } = JSON.parse(readFileSync(fileIn(data), "utf8")) as KeptSeason
      if (Number.isFinite(at) && now - at < SEASON_MS) return { at, loaded }
    } catch {
      // None yet.
    }
  }
  return { at: now, loaded: false }
}

export function keepSeason(data: string | undefined, season: KeptSeason): void {
  if (data === undefined) return
  writeFileSync(`${fileIn(data)}.new`, JSON.stringify(season))
  renameSync(`${fileIn(data)}.new`, fileIn(data))
}

const toldIn = (data: string): string => join(data, "simulated-rooms.json")

/** Whether the folder has got its simulated rooms and board, whatever became of them since. */
export const isTold = (data: string | undefined): boolean => data !== undefined && existsSync(toldIn(data))

export function keepTold(data: string | undefined): void {
  if (data !== undefined) writeFileSync(toldIn(data), JSON.stringify({ told: true }))
}
