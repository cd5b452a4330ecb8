import { parse } from "@backline/core/event"
import { describe, expect, it } from "vitest"
import { dayOf, eventsOf, placeOf, RECORDED_AT, timeOf } from "./nyphil.ts"
import { textOf } from "./text.ts"
import { instantOf, zoneOf } from "./zones.ts"

/** A program in the export's shape, with its traps; none of it is copied. */
const program = (changes: object = {}) => ({
  id: "aaaaaaaa-0000-1111-2222-333333333333-0.1",
  programID: "1",
  orchestra: "New  Example Orchestra",
  season: "1900-01",
  concerts: [
    {
      eventType: "Subscription Season",
      Location: "Manhattan, NY",
      Venue: "Example  Hall",
      Date: "1900-12-07T05:00:00Z",
      Time: "8:00PM",
    },
  ],
  works: [
    {
      ID: "10*",
      composerName: "Mozart,  Wolfgang  Amadeus",
      workTitle: "SYMPHONY  X",
      conductorName: "Doe,  Jane",
      soloists: [],
    },
    { ID: "0*", interval: "Intermission", soloists: [] },
    {
      ID: "11*3",
      composerName: "Weber,  Carl",
      workTitle: "OPERA",
      movement: { _: "Overture To", em: "Something" },
      soloists: [null, { soloistName: "Roe,  Ann", soloistInstrument: "Soprano", soloistRoles: "S" }],
    },
  ],
  ...changes,
})
const read = (value: unknown) => eventsOf(value, { sent: new Set() })
const of = (value: unknown, type: string): any[] =>
  read(value)
    .events.filter((event) => event.type === type)
    .map(({ data }) => data)

describe("a program", () => {
  it("becomes artist, venue, concert and works, all valid events", () => {
    const { events, problems } = read(program())
    expect(problems).toEqual([])
    expect(events.map(({ type }) => type)).toEqual([
      "artist.upserted",
      "venue.upserted",
      "concert.upserted",
      "work.performed",
      "work.performed",
    ])
    for (const event of events) expect(parse(JSON.parse(JSON.stringify(event))).problem).toBeUndefined()
    expect(events[2]?.data).toMatchObject({
      title: "New Example Orchestra: Subscription Season",
      date: "1900-12-07",
      time: "20:00",
      timeZone: "America/New_York",
      season: "1900-01",
      startsAt: Date.UTC(1900, 11, 8, 1),
    })
  })

  it("has blanks collapsed, intermissions skipped, null soloists dropped and XML leftovers as text", () => {
    const works = of(program(), "work.performed")
    expect(works).toMatchObject([
      {
        position: 1,
        workId: "nyphil-work-10",
        composer: "Mozart, Wolfgang Amadeus",
        title: "SYMPHONY X",
        conductor: "Doe, Jane",
        soloists: [],
      },
      {
        position: 2,
        workId: "nyphil-work-11",
        movement: "Overture To Something",
        soloists: [{ name: "Roe, Ann", instrument: "Soprano", role: "S" }],
      },
    ])
  })

  it("gives the same events every time it is read, also from another segment", () => {
    expect(JSON.stringify(read(program()))).toBe(JSON.stringify(read(structuredClone(program()))))
    expect(new Set(read(program()).events.map(({ at }) => at))).toEqual(new Set([RECORDED_AT]))
  })

  it("keeps concerts apart that share date, time and place", () => {
    const [concert] = program().concerts
    const ids = of(program({ concerts: [concert, concert] }), "concert.upserted").map(({ concertId }) => concertId)
    const other = of(program({ id: "bbbbbbbb-0000-1111-2222-333333333333-0.1" }), "concert.upserted").map(
      ({ concertId }) => concertId,
    )
    expect(new Set([...ids, ...other]).size).toBe(3)
  })

  it("names one venue once, however its name is spaced", () => {
    const [concert] = program().concerts
    const spaced = { ...concert, Venue: "Example Hall ", Location: "Manhattan,  NY" }
    expect(of(program({ concerts: [concert, spaced] }), "venue.upserted")).toHaveLength(1)
    const elsewhere = { ...concert, Location: "Boston, MA" }
    expect(of(program({ concerts: [concert, elsewhere] }), "venue.upserted").map(({ city }) => city)).toEqual([
      "Manhattan, NY",
      "Boston, MA",
    ])
  })

  it("with a missing or odd time has none, and what says None says nothing", () => {
    const [concert] = program().concerts
    for (const Time of ["None", "", undefined, "evening", "25:00PM", null])
      expect(of(program({ concerts: [{ ...concert, Time }] }), "concert.upserted")[0]).toMatchObject({
        time: undefined,
        startsAt: undefined,
        timeZone: "America/New_York",
      })
    const [venue] = of(program({ concerts: [{ ...concert, Venue: "None", Location: "None" }] }), "venue.upserted")
    expect(venue).toMatchObject({ name: "Unknown venue" })
    expect(venue.city).toBeUndefined()
  })

  it("without an id or concerts is a problem, and one bad date costs only its concert", () => {
    expect(read(program({ id: undefined })).problems).toEqual(["has no id"])
    expect(read(null).problems).toEqual(["has no id"])
    expect(read(program({ concerts: "x" })).problems).toEqual(["has no list of concerts"])
    const [concert] = program().concerts
    const mixed = read(program({ concerts: [{ ...concert, Date: "1900-02-30T05:00:00Z" }, null, concert] }))
    expect(mixed.problems).toHaveLength(2)
    expect(mixed.problems[0]).toContain("concert 1 has no readable date")
    expect(mixed.events.filter(({ type }) => type === "concert.upserted")).toHaveLength(1)
  })

  it("with an odd id or endless text still makes valid events", () => {
    const long = program({
      id: `Ünd ${"x".repeat(90)}`,
      works: [
        { ID: "***", workTitle: "T".repeat(500), soloists: "none" },
        { ID: "*", soloists: [] },
      ],
    })
    const { events } = read(long)
    expect(events.map(({ type }) => type)).toContain("work.performed")
    for (const event of events) expect(parse(JSON.parse(JSON.stringify(event))).problem).toBeUndefined()
  })
})

describe("fields of the export", () => {
  it("text with an emphasised part is put together where the part was cut out", () => {
    expect(textOf({ _: "CHORUS FROM  (ARR. X)", em: "THE OPERA" })).toBe("CHORUS FROM THE OPERA (ARR. X)")
    expect(textOf({ _: "FROM", em: ["SPRING", "SEASONS"] })).toBe("FROM SPRING SEASONS")
    expect(textOf({ em: "Only" })).toBe("Only")
    expect(textOf({})).toBeUndefined()
  })

  it("times are read from twelve-hour clocks", () => {
    expect(["8:00PM", "12:00PM", "12:30AM", "11:59AM", "8PM", "13:00PM", "8:75PM", 8].map(timeOf)).toEqual([
      "20:00",
      "12:00",
      "00:30",
      "11:59",
      "20:00",
      undefined,
      undefined,
      undefined,
    ])
  })

  it("days are the date part, whichever midnight it was", () => {
    expect(["1842-12-07T05:00:00Z", "1969-07-01T04:00:00Z", "1900-02-29T05:00:00Z", "", null].map(dayOf)).toEqual([
      "1842-12-07",
      "1969-07-01",
      undefined,
      undefined,
      undefined,
    ])
  })

  it("places are split into city and country", () => {
    expect(["Manhattan, NY", "Vienna, AUSTRIA", "Vancouver, BC, CANADA", "Singapore", "Moscow, USSR"].map(placeOf)).toEqual([
      { city: "Manhattan, NY", country: "USA" },
      { city: "Vienna", country: "Austria" },
      { city: "Vancouver, BC", country: "Canada" },
      { city: "Singapore" },
      { city: "Moscow", country: "USSR" },
    ])
  })

  it("time zones are known or left out, never guessed", () => {
    expect(["Vienna, AUSTRIA", "Vienna, VA", "Ann Arbor, MI", "Nowhere, TX", "Online Only"].map(zoneOf)).toEqual([
      "Europe/Vienna",
      "America/New_York",
      "America/Detroit",
      undefined,
      undefined,
    ])
  })

  it("instants follow the zone's clock on both sides of a change, and local mean time before there were zones", () => {
    expect(instantOf("2024-07-01", "20:00", "America/New_York")).toBe(Date.UTC(2024, 6, 2, 0))
    expect(instantOf("2024-01-01", "20:00", "America/New_York")).toBe(Date.UTC(2024, 0, 2, 1))
    expect(instantOf("2024-03-10", "03:30", "America/New_York")).toBe(Date.UTC(2024, 2, 10, 7, 30))
    expect(instantOf("1842-12-07", "20:00", "America/New_York")).toBe(Date.UTC(1842, 11, 8, 0, 56, 2))
  })
})
