// Questions of eight kinds, each with the answer counted from the raw files: the numbers, dates and names that the reply must contain.
import { concertsOf, decade, first, last, ranking } from "./history.mjs"

const number = (n) => n.toLocaleString("en-US")
const surname = (name) => name.split(",")[0]
const day = (iso) => {
  const date = new Date(`${iso}T00:00:00Z`)
  return [iso, date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })]
}

/** `[{ kind, text, expect: [string | [alternatives]] }]`: every expected piece must stand in the reply, as a whole word. */
export function questions(history) {
  const count = (filters) => number(concertsOf(history, filters).length)
  const top = (filters, of) => ranking(concertsOf(history, filters), of)[0]
  const ask = (kind, text, ...expect) => ({ kind, text, expect })

  const halls = ranking(concertsOf(history, decade(1950)), (concert) => concert.hall)
  const fifth = { composer: "Beethoven", title: /SYMPHONY NO\. 5(?!\d)/i }
  const bernstein = concertsOf(history, { conductor: "Bernstein, Leonard" })
  const heifetz = concertsOf(history, { soloist: "Heifetz" })
  const mahler = concertsOf(history, { composer: "Mahler" })
  const conductor = top(decade(1960), (concert) => concert.works.flatMap((work) => work.conductors))
  const composer = top(decade(1900), (concert) => concert.works.map((work) => work.composer))

  return [
    ask(
      "hall",
      "Which halls hosted the most concerts in the 1950s?",
      halls[0][0],
      number(halls[0][1]),
      halls[1][0],
      number(halls[1][1]),
    ),
    ask("hall", "How many concerts were there at Carnegie Hall in the 1920s?", count({ ...decade(1920), hall: "Carnegie Hall" })),
    ask("hall", "How many concerts took place at Lewisohn Stadium?", count({ hall: "Lewisohn Stadium" })),
    ask(
      "hall",
      "How many concerts were given at Avery Fisher Hall between 1980 and 1989?",
      count({ ...decade(1980), hall: "Avery Fisher Hall" }),
    ),
    ask("city", "How many concerts were played in Philadelphia?", count({ place: "Philadelphia" })),
    ask("city", "How many concerts were there in Tokyo in the 1970s?", count({ ...decade(1970), place: "Tokyo" })),
    ask("city", "How many concerts did the orchestra give in Boston before 1930?", count({ to: "1930-01-01", place: "Boston" })),
    ask("decade", "How many concerts were there in the 1890s?", count(decade(1890))),
    ask("decade", "How many concerts were given in the 1960s?", count(decade(1960))),
    ask("decade", "How many concerts took place in 1943?", count({ from: "1943-01-01", to: "1944-01-01" })),
    ask("season", "How many concerts were in the 1958-59 season?", count({ season: "1958-59" })),
    ask("season", "How many concerts were there in the 1842-43 season?", count({ season: "1842-43" })),
    ask(
      "season",
      "How many concerts were at Carnegie Hall in the 1940-41 season?",
      count({ season: "1940-41", hall: "Carnegie Hall" }),
    ),
    ask("composer", "How many concerts included music by Mahler in the 1960s?", count({ ...decade(1960), composer: "Mahler" })),
    ask("composer", "Which composer was performed most in the 1900s?", surname(composer[0]), number(composer[1])),
    ask("composer", "How many concerts included works by Shostakovich?", count({ composer: "Shostakovich" })),
    ask("work", "How often was Beethoven's Symphony No. 5 performed?", count(fifth)),
    ask("work", "How often was the Fifth Symphony by Beethoven played in the 1940s?", count({ ...fifth, ...decade(1940) })),
    ask("conductor", "How many concerts did Leonard Bernstein conduct?", number(bernstein.length)),
    ask("conductor", "Which conductor led the most concerts in the 1960s?", surname(conductor[0]), number(conductor[1])),
    ask(
      "conductor",
      "How many concerts were conducted by Toscanini in the 1930s?",
      count({ ...decade(1930), conductor: "Toscanini" }),
    ),
    ask("soloist", "How many concerts featured the soloist Jascha Heifetz?", number(heifetz.length)),
    ask(
      "soloist",
      "How many times did Rudolf Serkin appear as soloist in the 1950s?",
      count({ ...decade(1950), soloist: "Serkin, Rudolf" }),
    ),
    ask("first and last", "When did Leonard Bernstein first conduct?", day(first(bernstein))),
    ask("first and last", "When was music by Mahler first performed?", day(first(mahler))),
    ask("first and last", "When did Jascha Heifetz last appear as soloist?", day(last(heifetz))),
    ask(
      "comparison",
      "Were there more concerts in Philadelphia or in Boston?",
      count({ place: "Philadelphia" }),
      count({ place: "Boston" }),
    ),
    ask(
      "comparison",
      "Compare concerts with music by Brahms and by Wagner in the 1920s",
      count({ ...decade(1920), composer: "Brahms" }),
      count({ ...decade(1920), composer: "Wagner" }),
    ),
    ask("date", "What was played on 16 December 1893?", "Dvorak", "Carnegie Hall"),
    ask("date", "How many concerts were there on 4 July 1976?", count({ from: "1976-07-04", to: "1976-07-05" })),
    ask("date", "How many concerts were there on December 7, 1842?", count({ from: "1842-12-07", to: "1842-12-08" })),
  ]
}
