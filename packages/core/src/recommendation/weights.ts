/** What one person did about one artist. */
export interface Touch {
  person: string
  artist: string
  /** Where they went to, folded; empty where unknown. */
  city: string
  /** Orders that were not refunded. */
  bought: number
  /** Whether they follow now. */
  following: boolean
  /** Looks at pages of concerts. */
  viewed: number
  /** The last of these, epoch milliseconds. */
  at: number
}

/** Of a following, an order, a look, and a recommendation that was clicked, sent away, or shown without either. */
const FOLLOWING = 3
const ORDER = 4
const LOOK = 0.4
const SAID = { clicked: 1, dismissed: -1.5, shown: -0.1 } as const
const MOST_ORDERS = 3
const MOST_LOOKS = 5
/** After a year a deed says half as much; whom one follows stays whom one follows. */
const HALF_LIFE_MS = 365 * 86_400_000

export type Answer = keyof typeof SAID

/** How sure a person's deeds make us that they like an artist; 0 or less says nothing. */
export function weightOf(touches: readonly Touch[], answers: readonly Answer[], now: number): number {
  let weight = 0
  for (const { bought, following, viewed, at } of touches) {
    const fresh = 0.5 ** (Math.max(0, now - at) / HALF_LIFE_MS)
    const deeds = ORDER * Math.min(Math.max(bought, 0), MOST_ORDERS) + LOOK * Math.min(viewed, MOST_LOOKS)
    weight += fresh * deeds + (following ? FOLLOWING : 0)
  }
  for (const answer of answers) weight += SAID[answer]
  return weight
}
