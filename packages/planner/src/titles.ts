/** Well-known titles whose words would read as a place, a person or the end of a name. */
const HOLD_TOGETHER =
  /\b(rhapsody in blue|an american in paris|pictures at an exhibition|night on (?:the )?bald mountain|(?:a )?midsummer night['’]s dream|romeo and juliet|romeo et juliette|peter and the wolf|porgy and bess|tristan (?:und|and) isolde|daphnis (?:et|and) chlo[eé]|death and transfiguration|samson and delilah|hansel and gretel|dido and aeneas|variations on a theme (?:by|of) \w+|enigma variations|(?:prelude to )?(?:the )?afternoon of a faun|(?:concerto|symphony|sonata|quintet|trio|quartet) in [a-g](?:[- ](?:flat|sharp))?(?: (?:major|minor))?|mass in [a-g](?: (?:major|minor))?|lark ascending|flight of the bumblebee|ride of the valkyries|dance of the hours|appalachian spring|fanfare for the common man|a german requiem|quartet for the end of time|young person['’]s guide to the orchestra|carnival of the animals|the planets|the rite of spring|song of the earth|stars and stripes forever)\b/gi

const blank = (text: string): string => text.replace(/\s+/g, "\u00a0")

/** Quoted texts and well-known titles with blanks that do not break. */
export const holdTogether = (text: string): string =>
  text.replace(/["“”«»]([^"“”«»]{2,120})["“”«»]/g, (_, inner: string) => blank(inner.trim())).replace(HOLD_TOGETHER, blank)

const ORDINALS = [
  "first",
  "second",
  "third",
  "fourth",
  "fifth",
  "sixth",
  "seventh",
  "eighth",
  "ninth",
  "tenth",
  "eleventh",
  "twelfth",
  "thirteenth",
  "fourteenth",
  "fifteenth",
]
const ORDINAL = `(?:${ORDINALS.join("|")}|\\d{1,3}(?:st|nd|rd|th))`
const INSTRUMENT =
  "(?:piano|violin|cello|viola|flute|oboe|clarinet|bassoon|horn|trumpet|trombone|tuba|harp|organ|harpsichord|guitar|saxophone|string|wind|brass)"
const FORM = "(?:concerto|sonata|quartet|quintet|trio|sextet|septet|octet)"

const ordinal = (word: string | undefined): number | undefined => {
  if (!word) return undefined
  const index = ORDINALS.indexOf(word.toLowerCase())
  return index >= 0 ? index + 1 : Number.parseInt(word, 10) || undefined
}

const NUMBER = "(?:(?:no\\.?|number|nr\\.?|#)\\s*(\\d{1,3})|(\\d{1,3}))"

/** `Fifth Symphony`, `Symphony No. 5`, `Violin Concerto No. 1` and their like, anywhere in a text. */
export const FORMAL = new RegExp(
  `\\b(?:(?:the )?${ORDINAL} (?:symphon(?:y|ies)|${INSTRUMENT} ${FORM}|${FORM})|symphony,? ${NUMBER.replaceAll("(\\d", "(?:\\d")}|(?:${INSTRUMENT} )?${FORM},? ${NUMBER.replaceAll("(\\d", "(?:\\d")}|${INSTRUMENT} ${FORM})\\b`,
  "i",
)

/**
 * A title as the Philharmonic's data spells it (`SYMPHONY NO. 5`, `CONCERTO, PIANO, NO. 1`), or undefined for one that is no form with a
 * number or an instrument. `afterComposer` reads "Beethoven's Fifth" as a symphony.
 */
export function formalTitle(text: string, afterComposer = false): string | undefined {
  const title = text.replace(/[\s\u00a0]+/g, " ").trim()
  const symphony =
    new RegExp(`^(?:the )?(${ORDINAL}) symphony$`, "i").exec(title)?.[1] ??
    (afterComposer ? new RegExp(`^(?:the )?(${ORDINAL})$`, "i").exec(title)?.[1] : undefined)
  if (symphony) return `SYMPHONY NO. ${ordinal(symphony)}`
  const numbered = new RegExp(`^(?:the )?symphony,? ${NUMBER}$`, "i").exec(title)
  if (numbered) return `SYMPHONY NO. ${numbered[1] ?? numbered[2]}`
  if (/^(?:no\.?|number) \d+$/i.test(title) && afterComposer) return `SYMPHONY NO. ${/\d+/.exec(title)![0]}`
  const form = new RegExp(`^(?:the )?(?:(${ORDINAL}) )?(${INSTRUMENT}) (${FORM})(?:,? ${NUMBER})?$`, "i").exec(title)
  if (!form) return undefined
  const [, nth, instrument = "", kind = "", a, b] = form
  const n = ordinal(nth) ?? a ?? b
  return `${kind.toUpperCase()}, ${instrument.toUpperCase()}${n ? `, NO. ${n}` : ""}`
}

/** What is looked up for a title with a name of its own: no article, and `Eroica` rather than `Eroica Symphony`. */
export const bareTitle = (text: string): string =>
  text
    .replace(/^(?:the|an?|le|la|les|l['’]|der|die|das|il)[\s\u00a0]+/i, "")
    .replace(/[\s\u00a0]+(?:symphony|overture)$/i, "")
    .trim()

/** Names by which works are asked for and under which none is stored: a part of the stored title, and whose work it is. */
const ALIASES: Record<string, { title: string; composer?: string }> = {
  "rite of spring": { title: "SACRE DU PRINTEMPS" },
  "emperor concerto": { title: "CONCERTO, PIANO, NO. 5", composer: "Beethoven" },
  "choral symphony": { title: "SYMPHONY NO. 9", composer: "Beethoven" },
  "ode to joy": { title: "SYMPHONY NO. 9", composer: "Beethoven" },
  "german requiem": { title: "REQUIEM, DEUTSCHES" },
  "flying dutchman": { title: "FLIEGENDE HOLLANDER" },
  "thus spoke zarathustra": { title: "ALSO SPRACH ZARATHUSTRA" },
  "ride of the valkyries": { title: "WALKURE", composer: "Wagner" },
  "hero's life": { title: "HELDENLEBEN" },
  "la mer": { title: "MER, LA" },
  mer: { title: "MER, LA" },
  mastersingers: { title: "MEISTERSINGER" },
}

export const aliasOf = (text: string): { title: string; composer?: string } | undefined =>
  ALIASES[
    text
      .toLowerCase()
      .replace(/[\s\u00a0]+/g, " ")
      .replace(/’/g, "'")
      .trim()
  ] ??
  ALIASES[
    bareTitle(text)
      .toLowerCase()
      .replace(/[\s\u00a0]+/g, " ")
      .replace(/’/g, "'")
  ]
