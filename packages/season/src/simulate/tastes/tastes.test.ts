import { parse } from "@backline/core/event"
import { expect, it } from "vitest"
import { ARTISTS } from "../artists.ts"
import { artistIdOf, seasonFor } from "../season.ts"
import { demoFans, fansOf, tasteEvents } from "./fans.ts"

const NOW = Date.UTC(2026, 10, 21, 12)
const { shows } = seasonFor({ seed: "s", now: NOW })
const planted = (demo: string[] = ["sub-0", "sub-1", "sub-2"], now = NOW) =>
  tasteEvents({ seed: "s", seasonAt: now, shows, demo })

it("plants valid events with ids of their own, few of them, and nothing of the future", () => {
  const events = planted()
  for (const event of events) expect(parse(JSON.parse(JSON.stringify(event))).problem).toBeUndefined()
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  expect(events.length).toBeLessThan(1_200)
  expect(Math.max(...events.map(({ at }) => at))).toBeLessThan(NOW)
})

it("takes user ids as a user pool makes them", () => {
  const events = planted(["0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"])
  for (const event of events) expect(parse(event).problem).toBeUndefined()
})

it("is the same for a seed, a day and the same people", () => {
  expect(planted()).toEqual(planted(undefined, NOW + 3_600_000))
  expect(planted(["sub-9"]).filter(({ id }) => id.includes("sim-fan"))).toEqual(
    planted().filter(({ id }) => id.includes("sim-fan")),
  )
})

it("gives each their genre, the first two demo people different ones, and leaves the third a newcomer", () => {
  const genreOf = new Map(ARTISTS.map((artist) => [artistIdOf(artist), artist.genre]))
  const follows = planted().filter((event) => event.type === "artist.followed")
  const fans = [...fansOf("s"), ...demoFans(["sub-0", "sub-1", "sub-2"])]
  const own = follows.filter(({ data }) => genreOf.get(data.artistId) === fans.find(({ id }) => id === data.followerId)!.genre)
  expect(own.length / follows.length).toBeGreaterThan(0.8)
  expect(demoFans(["sub-0", "sub-1", "sub-2"]).map(({ id, genre }) => [id, genre])).toEqual([
    ["sub-0", "Jazz"],
    ["sub-1", "Electronic"],
  ])
})
