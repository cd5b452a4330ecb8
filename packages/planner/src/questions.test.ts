import { expect, test } from "vitest"
import { converse } from "./testing.ts"

const total = (filters: object, measure = "concerts") =>
  `counts_by_period ${JSON.stringify({ period: "total", measure, ...filters })}`
const history = (filters: object) =>
  `performance_history ${JSON.stringify({ ...filters, ...("to" in filters || "season" in filters ? {} : { to: "2026-11-22" }) })}`
const top = (input: object) => `top_performed ${JSON.stringify({ ...input, ...("limit" in input ? {} : { limit: 10 }) })}`
const D = (year: number) => ({ from: `${year}-01-01`, to: `${year + 10}-01-01` })
const BEETHOVEN = "Beethoven, Ludwig van"
const BERNSTEIN = "Bernstein, Leonard"
const MAHLER = "Mahler, Gustav"

/** A question, or several of one conversation, and what is asked of the tools for the last one beside names. */
const CASES: [question: string | string[], ...calls: string[]][] = [
  // by hall
  ["Which halls hosted the most concerts in the 1950s?", top({ of: "venue", ...D(1950) })],
  ["How many concerts were there at Carnegie Hall in the 1920s?", total({ venue: "Carnegie Hall", ...D(1920) })],
  ["how many concerts at carnegie hall in the twenties", total({ venue: "Carnegie Hall", ...D(1920) })],
  ["How many concerts took place at Lewisohn Stadium?", total({ venue: "Lewisohn Stadium" })],
  [
    "How many concerts were given at Avery Fisher Hall between 1980 and 1989?",
    total({ venue: "Avery Fisher Hall", from: "1980-01-01", to: "1990-01-01" }),
  ],
  ["Show me the 3 busiest halls of the 1890s", top({ of: "venue", ...D(1890), limit: 3 })],
  ["When was Carnegie Hall last used?", history({ venue: "Carnegie Hall" })],
  // by city
  ["How many concerts were played in Philadelphia?", total({ city: "Philadelphia, PA" })],
  ["How many concerts did the orchestra give in Boston before 1930?", total({ city: "Boston, MA", to: "1930-01-01" })],
  ["Number of concerts in Manhattan, NY", total({ city: "Manhattan, NY" })],
  ["How many concerts were there in New York in 1950?", total({ city: "Manhattan, NY", from: "1950-01-01", to: "1951-01-01" })],
  ["Which five cities had the most concerts since 1980?", top({ of: "city", from: "1980-01-01", limit: 5 })],
  // by time
  ["How many concerts were there in the 1890s?", total(D(1890))],
  ["How many concerts took place in 1943?", total({ from: "1943-01-01", to: "1944-01-01" })],
  ["How many concerts before 1900?", total({ to: "1900-01-01" })],
  ["How many concerts were there after 1999?", total({ from: "2000-01-01" })],
  ["How many concerts from 1943 to 1958?", total({ from: "1943-01-01", to: "1959-01-01" })],
  ["How many concerts from May 1950 until 3 June 1951?", total({ from: "1950-05-01", to: "1951-06-04" })],
  ["How many concerts were there on December 7, 1842?", total({ from: "1842-12-07", to: "1842-12-08" })],
  ["How many concerts on 1893-12-16?", total({ from: "1893-12-16", to: "1893-12-17" })],
  ["How many concerts were there in February 1964?", total({ from: "1964-02-01", to: "1964-03-01" })],
  ["How many concerts in the last 90 days?", total({ from: "2026-08-24", to: "2026-11-22" })],
  ["How many concerts are there this season?", total({ from: "2026-09-01", to: "2027-09-01" })],
  ["How many concerts last year?", total({ from: "2025-01-01", to: "2026-01-01" })],
  ["How many concerts in the 19th century?", total({ from: "1801-01-01", to: "1901-01-01" })],
  ["How many concerts are there altogether?", total({})],
  // by season
  ["How many concerts were in the 1958-59 season?", total({ season: "1958-59" })],
  ["How many concerts were at Carnegie Hall in the 1940/41 season?", total({ venue: "Carnegie Hall", season: "1940-41" })],
  ["How many concerts in 1999-2000?", total({ season: "1999-00" })],
  ["In which season were there the most concerts?", top({ of: "season" })],
  // by composer
  ["How many concerts included music by Mahler in the 1960s?", total({ composer: MAHLER, ...D(1960) })],
  ["Which composer was performed most in the 1900s?", top({ of: "composer", ...D(1900) })],
  ["which composers were most performed at Carnegie Hall", top({ of: "composer", venue: "Carnegie Hall" })],
  ["How often was Brahms played?", history({ composer: "Brahms, Johannes" })],
  ["What is the most performed work by Mahler?", top({ of: "work", composer: MAHLER })],
  ["most performed composer under Boulez", top({ of: "composer", conductor: "Boulez, Pierre" })],
  // by work
  ["How often was Beethoven's Symphony No. 5 performed?", history({ composer: BEETHOVEN, work: "SYMPHONY NO. 5" })],
  ["How often has Beethoven’s Fifth been played?", history({ composer: BEETHOVEN, work: "SYMPHONY NO. 5" })],
  [
    "How often was the Fifth Symphony by Beethoven played in the 1940s?",
    history({ work: "SYMPHONY NO. 5", composer: BEETHOVEN, ...D(1940) }),
  ],
  ["how often was beethoven's 5th symphony performed", history({ composer: BEETHOVEN, work: "SYMPHONY NO. 5" })],
  [
    "How many times was Tchaikovsky's Violin Concerto performed with Heifetz?",
    history({ composer: "Tchaikovsky, Pyotr Ilyich", work: "CONCERTO, VIOLIN", soloist: "Heifetz, Jascha" }),
  ],
  ["How often was Beethoven's third piano concerto played?", history({ composer: BEETHOVEN, work: "CONCERTO, PIANO, NO. 3" })],
  [
    "How often was Dvořák's New World Symphony performed?",
    history({ composer: "Dvorak, Antonín", work: "SYMPHONY NO. 9, E MINOR, OP.95 (FROM THE NEW WORLD)" }),
  ],
  ["How many times has Rhapsody in Blue been performed?", history({ work: "RHAPSODY IN BLUE" })],
  ["How many performances of Handel's Messiah were there?", history({ composer: "Handel, George Frideric", work: "MESSIAH" })],
  ["How often was the Nutcracker performed?", history({ work: "Nutcracker" })],
  ["Which Beethoven symphony was played most often?", top({ of: "work", composer: BEETHOVEN, work: "SYMPHONY" })],
  ["What are the 3 most performed works of Tchaikovsky?", top({ of: "work", composer: "Tchaikovsky, Pyotr Ilyich", limit: 3 })],
  // by conductor
  ["How many concerts did Leonard Bernstein conduct?", total({ conductor: BERNSTEIN })],
  ["How many concerts were conducted by Toscanini in the 1930s?", total({ conductor: "Toscanini, Arturo", ...D(1930) })],
  ["How many concerts did Jaap van Zweden conduct?", total({ conductor: "van Zweden, Jaap" })],
  ["How many concerts did Willem van Hoogstraten conduct?", total({ conductor: "Hoogstraten, Willem van" })],
  ["Which conductor led the most concerts in the 1960s?", top({ of: "conductor", ...D(1960) })],
  ["Who conducted the most concerts?", top({ of: "conductor" })],
  ["Top 5 conductors of the 1940s", top({ of: "conductor", ...D(1940), limit: 5 })],
  ["Who conducted Beethoven's Symphony No. 9 most often?", top({ of: "conductor", composer: BEETHOVEN, work: "SYMPHONY NO. 9" })],
  ["Which works did Bernstein conduct most often?", top({ of: "work", conductor: BERNSTEIN })],
  // by soloist
  ["Which soloist appeared most often in the 1960s?", top({ of: "soloist", ...D(1960) })],
  ["How many concerts featured the soloist Jascha Heifetz?", total({ soloist: "Heifetz, Jascha" })],
  ["How many times did Rudolf Serkin appear as soloist in the 1950s?", history({ soloist: "Serkin, Rudolf", ...D(1950) })],
  ["How often did Yo-Yo Ma appear?", history({ soloist: "Ma, Yo-Yo" })],
  ["Who was the most frequent soloist at Lewisohn Stadium?", top({ of: "soloist", venue: "Lewisohn Stadium" })],
  // first and last
  ["When did Leonard Bernstein first conduct?", history({ conductor: BERNSTEIN })],
  ["When did Vladimir Horowitz last play?", history({ soloist: "Horowitz, Vladimir" })],
  ["When was music by Mahler first performed?", history({ composer: MAHLER })],
  ["Where was Mahler's Second Symphony first performed?", history({ composer: MAHLER, work: "SYMPHONY NO. 2" })],
  ["What was the first concert at Philharmonic Hall?", history({ venue: "Philharmonic Hall" })],
  ["When did the Philharmonic first play in Tokyo?", history({ city: "Tokyo" })],
  // comparisons
  ["Who played more concerts here, Boston or Philadelphia?", total({ city: "Boston, MA" }), total({ city: "Philadelphia, PA" })],
  ["Were there more concerts in Philadelphia or in Boston?", total({ city: "Philadelphia, PA" }), total({ city: "Boston, MA" })],
  ["Compare Carnegie Hall and Avery Fisher Hall", total({ venue: "Carnegie Hall" }), total({ venue: "Avery Fisher Hall" })],
  ["Who conducted more concerts, Bernstein or Mehta?", history({ conductor: BERNSTEIN }), history({ conductor: "Mehta, Zubin" })],
  ["Was Brahms or Mahler played more often?", history({ composer: "Brahms, Johannes" }), history({ composer: MAHLER })],
  [
    "Compare concerts with music by Brahms and by Wagner in the 1920s",
    history({ composer: "Brahms, Johannes", ...D(1920) }),
    history({ composer: "Wagner, Richard", ...D(1920) }),
  ],
  [
    "Which was performed more often, Beethoven's Fifth or Beethoven's Ninth?",
    history({ composer: BEETHOVEN, work: "SYMPHONY NO. 5" }),
    history({ composer: BEETHOVEN, work: "SYMPHONY NO. 9" }),
  ],
  ["Were there more concerts in the 1950s or the 1960s?", total(D(1950)), total(D(1960))],
  [
    "Who performed more often at Carnegie Hall, Heifetz or Horowitz?",
    history({ venue: "Carnegie Hall", soloist: "Heifetz, Jascha", to: "2026-11-22" }),
    history({ venue: "Carnegie Hall", soloist: "Horowitz, Vladimir", to: "2026-11-22" }),
  ],
  // series
  [
    "How many concerts per year in the 1950s?",
    `counts_by_period ${JSON.stringify({ period: "year", measure: "concerts", ...D(1950) })}`,
  ],
  [
    "Number of concerts by decade at Carnegie Hall",
    `counts_by_period ${JSON.stringify({ period: "decade", measure: "concerts", venue: "Carnegie Hall" })}`,
  ],
  [
    "Which month of 1950 had the most concerts?",
    `counts_by_period ${JSON.stringify({ period: "month", measure: "concerts", from: "1950-01-01", to: "1951-01-01" })}`,
  ],
  // tickets
  ["How many tickets were sold this season?", total({ from: "2026-09-01", to: "2027-09-01" }, "tickets")],
  ["What was the revenue in Berlin?", total({ city: "Berlin" }, "revenue")],
  ["How many tickets did Paper Lantern Club sell?", total({ artist: "Paper Lantern Club" }, "tickets")],
  [
    "Which venue sold the most tickets in the last 90 days?",
    `venue_popularity ${JSON.stringify({ by: "tickets", from: "2026-08-24", to: "2026-11-22", limit: 50 })}`,
  ],
  [
    "Which city has the highest revenue?",
    `venue_popularity ${JSON.stringify({ by: "revenue", from: "2025-11-21", to: "2027-11-21", limit: 50 })}`,
  ],
  ["Which venues are most popular?", `venue_popularity ${JSON.stringify({ by: "score", limit: 50 })}`],
  [
    "What is the sell-through of Wigmore Hall?",
    `find_concerts ${JSON.stringify({ venue: "Wigmore Hall", order: "last", limit: 50 })}`,
  ],
  // lists
  [
    "Which concerts took place in London in 1972?",
    `find_concerts ${JSON.stringify({ city: "London", from: "1972-01-01", to: "1973-01-01", order: "first", limit: 10 })}`,
    total({ city: "London", from: "1972-01-01", to: "1973-01-01" }),
  ],
  // follow-ups
  [
    ["How many concerts were there at Carnegie Hall in the 1950s?", "and in the 1960s?"],
    total({ venue: "Carnegie Hall", ...D(1960) }),
  ],
  [["How many concerts were there in Philadelphia?", "What about Boston?"], total({ city: "Boston, MA" })],
  [["Which halls hosted the most concerts in the 1950s?", "and the 1960s?", "which cities?"], top({ of: "city", ...D(1960) })],
  [["When did Leonard Bernstein first conduct?", "and Toscanini?"], history({ conductor: "Toscanini, Arturo" })],
  [["How often was Beethoven's Fifth performed?", "and the Ninth?"], history({ composer: BEETHOVEN, work: "SYMPHONY NO. 9" })],
  [
    ["How often was Beethoven's Fifth performed?", "What is the weather?", "under Bernstein?"],
    history({ composer: BEETHOVEN, work: "SYMPHONY NO. 5", conductor: BERNSTEIN }),
  ],
]

test.each(CASES)("%s", async (question, ...expected) => {
  const { calls } = await converse([question].flat())
  expect(calls).toEqual(expected)
})

test("what was played on a day asks for its concerts, works, conductors and soloists in one turn", async () => {
  const { calls, rounds } = await converse(["What was played on 16 December 1893?"])
  const day = { from: "1893-12-16", to: "1893-12-17" }
  expect(calls).toEqual([
    `find_concerts ${JSON.stringify({ on: "1893-12-16", order: "first", limit: 20 })}`,
    top({ of: "work", ...day, limit: 50 }),
    top({ of: "conductor", ...day, limit: 5 }),
    top({ of: "soloist", ...day, limit: 8 }),
  ])
  expect(rounds).toHaveLength(1)
})

test("both sides of a comparison are looked up in one turn and counted in one turn", async () => {
  const { rounds } = await converse(["Boston or Philadelphia: where were there more concerts?"])
  expect(rounds).toEqual([
    ["find_names", "find_names"],
    ["counts_by_period", "counts_by_period"],
  ])
})

test("a year that is looked for among all is asked for in windows that fit the tool's rows", async () => {
  const { calls } = await converse(["Which year had the most concerts?"], {
    performance_history: () => [{ concerts: 9, performances: 9, first_date: "1842-12-07", last_date: "2025-12-20" }],
  })
  expect(calls.slice(1)).toEqual(
    [
      ["1842", "1892"],
      ["1892", "1942"],
      ["1942", "1992"],
      ["1992", "2026"],
    ].map(
      ([from, to]) =>
        `counts_by_period ${JSON.stringify({ period: "year", measure: "concerts", from: `${from}-01-01`, to: `${to}-01-01` })}`,
    ),
  )
})
