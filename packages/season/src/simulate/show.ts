import type { EventInput } from "@backline/core/event"
import type { Audience } from "./people.ts"

/** Puts an event into the season; the id is made its own by the season's day and seed. */
export type Add = (type: EventInput["type"], id: string, at: number, data: object) => void

/** A concert of the season, with what a seller needs to know. */
export interface Show {
  concertId: string
  artistId: string
  startsAt: number
  /** The first price, in minor units of the currency of the hall's country. */
  priceCents: number
  /** What a ticket costs at the end of the history. */
  priceNow: number
  currency: string
  /** Seats on sale. A few dozen stand for the house, since full houses would be a million orders. */
  listed: number
  /** Tickets that are sold when the doors open: what a prediction tries to say before. */
  wanted: number
  sold: number
  /** On sale so many days before it starts. */
  days: number
  /** From 0 (nobody comes) to 1 (sold out early). */
  demand: number
  cancelled: boolean
  audience: Audience
}
