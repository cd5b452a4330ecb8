import type { EventInput } from "@backline/core/event"
import type { Line } from "./lines.ts"
import type { Rows } from "./rows.ts"
import { digest, slug, textOf } from "./text.ts"

/** A constant, so that every import writes the same events. What such files say has no time of its own. */
const RECORDED_AT = Date.UTC(2025, 0, 1)
const HEADING = /^user\w*$/i

const personIdOf = (user: string): string => `imported-person-${slug(user) || "x"}-${digest(user, 10)}`
const artistIdOf = (artist: string): string =>
  `imported-artist-${slug(artist) || "x"}-${digest(artist.toLowerCase().normalize("NFC"), 10)}`

/**
 * Rows `user, artist, weight`, separated by tabs, as public data sets of listeners have them: who has a weight above 0 follows the artist, 0 ends that.
 * An event knows no strength, so how much above 0 it is does not count. Columns after the third are left alone.
 */
export function interactions(): Rows {
  const artists = new Set<string>()
  const pairs = new Set<string>()
  return {
    row({ number, text }: Line) {
      const cells = text.split("\t")
      if (number === 1 && HEADING.test(cells[0]!.trim())) return { events: [] }
      if (cells.length < 3) return { problem: `has ${cells.length} columns, not user, artist and weight separated by tabs` }
      const [user, artist] = [textOf(cells[0]), textOf(cells[1])]
      if (!user) return { problem: "names no user" }
      if (!artist) return { problem: "names no artist" }
      const given = cells[2]!.trim()
      const weight = given === "" ? Number.NaN : Number(given)
      if (!(weight >= 0 && Number.isFinite(weight)))
        return { problem: `has the weight ${JSON.stringify(given.slice(0, 40))}, not a number from 0` }
      const [artistId, followerId] = [artistIdOf(artist), personIdOf(user)]
      const key = `${followerId} ${artistId}`
      if (pairs.has(key)) return { problem: "repeats a user and artist of a line above" }
      pairs.add(key)
      const events: EventInput[] = []
      if (!artists.has(artistId)) {
        artists.add(artistId)
        events.push({ id: artistId, type: "artist.upserted", at: RECORDED_AT, v: 1, data: { artistId, name: artist } })
      }
      const following = weight > 0
      const id = `imported-follow-${digest(`${key} ${following}`, 32)}`
      events.push({ id, type: "artist.followed", at: RECORDED_AT, v: 1, data: { artistId, followerId, following } })
      return { events }
    },
  }
}
