const DAY_MS = 86_400_000

/** Days before a concert at which its history is looked at; a model has one set of weights for each. */
export const LEADS = [90, 60, 30, 14, 7, 3, 1] as const

/** What is known of an artist or a venue from concerts that were over at the time. */
export interface Record {
  concerts: number
  /** Mean over them: of an artist how far they sold above or below their venues, of a venue how many they sold; in logarithms. Null without concerts. */
  pull: number | null
  /** Mean logarithm of the price in the concert's currency, null where none is known. */
  price: number | null
}

/** Everything that was recorded of a concert at one moment, and nothing later. */
export interface Snapshot {
  /** Days until it starts; 0 or less when it has begun. */
  lead: number
  /** Calendar day at the venue, YYYY-MM-DD. */
  date: string
  /** On sale: the seats listed so far where any were, else the capacity. */
  seats: number
  /** Sold minus refunded. */
  sold: number
  /** The same of the last seven days. */
  week: number
  views: number
  /** Minor units of its currency. */
  priceMinor: number | null
  currency: string | null
  artist: Record
  venue: Record
}

/** What the numbers of a record are measured from: means over all past concerts that a model was trained with. */
export interface Typical {
  /** Logarithm of tickets sold. */
  sold: number
  /** Logarithm of the price by currency: prices of two currencies are never compared. */
  prices: Readonly<{ [currency: string]: number }>
}

/** What a reason may be about; a factor gathers the features that say the same thing. */
export const FACTORS = ["seats", "venue", "artist", "price", "weekday", "season", "sales", "views"] as const
export type Factor = (typeof FACTORS)[number]

/** The features in their order, with the factor of each. */
export const FEATURES = [
  ["seats", "seats"],
  ["venue", "venue"],
  ["artist", "artist"],
  ["price", "price"],
  ["priceLevel", "artist"],
  ["weekend", "weekday"],
  ["seasonSine", "season"],
  ["seasonCosine", "season"],
  ["sold", "sales"],
  ["pace", "sales"],
  ["views", "views"],
] as const satisfies readonly (readonly [string, Factor])[]

/** One concert says little: means are drawn to what is typical, the more so the fewer concerts they are of. */
export const shrink = (concerts: number): number => concerts / (concerts + 1)

/** A Friday or a Saturday. */
const isWeekend = (date: string): boolean => [5, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())

const yearPart = (date: string): number => {
  const start = Date.parse(`${date.slice(0, 4)}-01-01T00:00:00Z`)
  return (Date.parse(`${date}T00:00:00Z`) - start) / (365.25 * DAY_MS)
}

/** Prices against what is usual: the artist's own, as far as it is known, and its distance from that of all. */
export function pricesOf(snapshot: Snapshot, typical: Typical): { price: number; level: number } {
  const { priceMinor, currency, artist } = snapshot
  const usual = currency === null ? undefined : typical.prices[currency]
  if (usual === undefined) return { price: 0, level: 0 }
  const level = artist.price === null ? 0 : shrink(artist.concerts) * (artist.price - usual)
  return { price: priceMinor === null ? 0 : Math.log(priceMinor + 1) - usual - level, level }
}

/** Numbers that a model weighs, in the order of FEATURES. What is unknown is 0: as usual. */
export function vectorOf(snapshot: Snapshot, typical: Typical): number[] {
  const { artist, venue, date } = snapshot
  const { price, level } = pricesOf(snapshot, typical)
  const angle = 2 * Math.PI * yearPart(date)
  return [
    Math.log(snapshot.seats),
    venue.pull === null ? 0 : shrink(venue.concerts) * (venue.pull - typical.sold),
    artist.pull === null ? 0 : shrink(artist.concerts) * artist.pull,
    price,
    level,
    isWeekend(date) ? 1 : 0,
    Math.sin(angle),
    Math.cos(angle),
    Math.log1p(Math.max(0, snapshot.sold)),
    Math.log1p(Math.max(0, snapshot.week)),
    Math.log1p(snapshot.views),
  ]
}

/** How little is known of who plays and where, from 0 (much) to 1 (nothing). */
export const unknownness = ({ artist, venue }: Snapshot): number => 0.7 / (1 + artist.concerts) + 0.3 / (1 + venue.concerts)
