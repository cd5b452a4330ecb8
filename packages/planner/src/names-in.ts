import type { Named, Role } from "./frame.ts"
import { GAP } from "./period.ts"
import { aliasOf, bareTitle, formalTitle, FORMAL } from "./titles.ts"
import { bind, unbind } from "./text.ts"

/** Words that end a name: what follows is said of it, or belongs to something else. */
const STOP =
  "(?:\\s+(?:in|at|on|by|with|under|during|since|before|after|between|from|for|per|conducted|conduct|conducting|conducts|featuring|performed|perform|performs|played|play|plays|playing|given|gave|give|were|was|is|are|did|do|does|have|has|had|been|be|take|took|taken|place|host|hosted|hosts|hosting|sell|sold|sells|first|last|most|more|often|and|or|vs\\.?|versus|compared|to|when|where|who|whom|which|what|how|than|there|ever|here|so|together|as|appear|appeared|sing|sang|sung|lead|led|heard|programmed|altogether|overall|total|combined|respectively|concerts?|tickets?|premiered?|program(?:me)?s?|please)\\b|\\s*[?!;:¦]|\\.(?:\\s|$)|,\\s+(?:and|or|but|how|when|who|what|which)\\b|$)"
/** A name: at least one character that is no blank, as little as possible up to a stop. */
const NAME = "((?:the\\s+)?[^\\s?!;¦][^?!;¦]*?)"

/** Words that stand where a name could and are none. */
const NOBODY =
  /^(?:the|an?|his|her|their|its|my|our|your|him|me|more|most|less|fewer|(?:which|what|how|whose|that|this) .+|(?:the )?(?:first|last|latest|earliest|final|most \w+|least \w+|very first)|(?:the |a |an |any |all |some |his |her |their |this |that |your |our |its )*(?:it|they|them|we|us|you|he|she|here|there|one|orchestra|philharmonic|concerts?|performances?|music|works?|pieces?|history|total|general|people|soloists?|conductors?|composers?|venues?|halls?|cit(?:y|ies)|towns?|data|database|archive|season|seasons|year|years|decade|decades|month|months|day|days|time|times|date|tickets?|capacity|world|past|most|least|average|order|detail|details|list|table|program(?:me)?|revenue|sales|stage|work|piece|which|what|who|this|that|symphon(?:y|ies)|concertos?|overtures?|sonatas?|quartets?|artists?|orchestras?|band|bands|ensembles?|place|places|then|number|played|performed|evening|night|occasion|each|every|both|sold|selling|number one)?)$/i

const isName = (text: string): boolean => /[\p{L}\p{N}]/u.test(text) && !NOBODY.test(text.trim())

const clean = (text: string): string =>
  unbind(text)
    .replace(/^(?:the|a|an)\s+(?=\p{Ll})/u, "")
    .replace(/[\s,]+$/, "")
    .replace(/['’]s$/, "")
    .trim()

export interface Scan {
  rest: string
  names: Named[]
}

/** A name that stands for a work, with its composer where one is said. */
export function workNamed(text: string, composer?: string): Named {
  const title = unbind(text)
  const formal = formalTitle(title, composer !== undefined) ?? aliasOf(title)?.title
  return { text: formal ?? bareTitle(title), roles: ["work"], formal: formal !== undefined || undefined, of: composer }
}

/** Reads what one pattern finds; its first group is the name. A pattern that names capitals has to see them. */
function take(scan: Scan, pattern: string, roles: Role[], keep = ""): void {
  const flags = pattern.includes("\\p{Lu}") ? "u" : "iu"
  const regex = new RegExp(pattern.replaceAll("NAME", NAME).replaceAll("STOP", `(?=${STOP})`), flags)
  for (let n = 0; n < 3; n++) {
    const match = regex.exec(scan.rest)
    const name = match?.[1] && clean(match[1])
    if (!match || !name || !isName(name)) return
    push(scan, name, roles)
    scan.rest = scan.rest.slice(0, match.index) + GAP + keep + scan.rest.slice(match.index + match[0].length)
  }
}

/** A title with a form is a work wherever it stands; a possessive before it is its composer. */
function push(scan: Scan, name: string, roles: Role[]): void {
  const owned = /^(.+?)['’]s?\s+(.+)$/u.exec(name)
  const canBeWork = roles.length === 0 || roles.includes("work")
  if (
    owned &&
    canBeWork &&
    isName(owned[1]!) &&
    !/^(?:the )?(?:women|men|people|children|young people|midsummer night|peer gynt|king|queen|st|mother)$/i.test(owned[1]!)
  ) {
    const composer = owned[1]!.trim()
    if (NOBODY.test(owned[2]!)) scan.names.push({ text: composer, roles: ["composer"] })
    else scan.names.push({ text: composer, roles: ["composer"] }, workNamed(owned[2]!, composer))
    return
  }
  const alias = canBeWork ? aliasOf(name) : undefined
  if (alias?.composer && !scan.names.some((other) => other.roles[0] === "composer"))
    scan.names.push({ text: alias.composer, roles: ["composer"] })
  if (canBeWork && (alias || formalTitle(name))) scan.names.push(workNamed(name))
  else scan.names.push({ text: name, roles })
}

/** The name at the end of words that may begin with the sentence's own: `has Gustav Mahler` → `Gustav Mahler`. */
function properTail(text: string): string {
  const words = text.split(" ")
  const first = words.findIndex(
    (word, index) =>
      /^\p{Lu}/u.test(word) &&
      !(
        index === 0 &&
        /^(?:was|were|is|are|has|have|did|does|compare|who|which|what|when|how|where|of|conducted|and|or|about)$/i.test(word)
      ),
  )
  return first < 0 ? words.at(-1)! : words.slice(first).join(" ")
}

/** `Beethoven's Fifth`, `Mahler's Symphony No. 2`: wherever they stand in a question, two names that belong together. */
function takeOwned(scan: Scan): void {
  const formal = new RegExp(
    `([\\p{Lu}][\\p{L}.\\u00a0-]*(?:\\s[\\p{Lu}][\\p{L}.-]*)?)['’]s?\\s+(${FORMAL.source}|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?=\\s+(?:was|were|been|at|in|under|by|or|and|vs|versus)\\b|\\s*[,?¦]|$))`,
    "iu",
  )
  for (let n = 0; n < 3; n++) {
    const match = formal.exec(scan.rest)
    if (!match || !isName(match[1]!)) break
    const composer = properTail(clean(match[1]!))
    scan.names.push({ text: composer, roles: ["composer"] }, workNamed(match[2]!, composer))
    scan.rest = scan.rest.slice(0, match.index) + GAP + scan.rest.slice(match.index + match[0].length)
  }
  // `symphony no. 5 by beethoven`, `the Fifth Symphony`: the composer is read with the other names.
  for (let n = 0; n < 3; n++) {
    const match = FORMAL.exec(scan.rest)
    if (!match || !formalTitle(match[0])) break
    scan.names.push(workNamed(match[0]))
    scan.rest = scan.rest.slice(0, match.index) + GAP + scan.rest.slice(match.index + match[0].length)
  }
}

const PERFORMED = "(?:performed|played|programmed|heard|given|premiered|sung|staged)"

/** Names in a question without its periods, each with the roles that its place in the sentence leaves. */
export function namesIn(text: string): Scan {
  const scan: Scan = { rest: text, names: [] }
  takeOwned(scan)
  take(scan, "\\b(?:conducted|led|directed) by (?:the )?NAMESTOP", ["conductor"], "conducted ")
  take(scan, "\\bunder (?:the )?(?:baton|direction|leadership|conductor) (?:of )?NAMESTOP", ["conductor"])
  take(scan, "\\bunder NAMESTOP", ["conductor"])
  take(scan, "\\bconductor (?:was |named )?((?:[\\p{Lu}][\\p{L}.'’-]+[\\s\\u00a0]?){1,4})STOP", ["conductor"])
  take(scan, "\\bwith (?:the )?(?:soloist|pianist|violinist|cellist|soprano|tenor|singer) NAMESTOP", ["soloist"])
  take(scan, "\\b(?:with|featuring|feature) NAME as (?:the |a )?soloist", ["soloist"])
  take(scan, "\\bwith (?:the )?conductor NAMESTOP", ["conductor"])
  take(scan, "\\b(?:soloist|pianist|violinist|cellist) ((?:[\\p{Lu}][\\p{L}.'’-]+[\\s\\u00a0]?){1,4})STOP", ["soloist"])
  take(scan, "\\bfeatur(?:ing|ed|es?) NAMESTOP", ["soloist", "artist"])
  take(scan, "\\bcomposed by NAMESTOP", ["composer"])
  take(
    scan,
    "\\b(?:music|works?|pieces?|symphon(?:y|ies)|concertos?|overtures?|compositions?) (?:of|by) NAMESTOP",
    ["composer"],
    "works ",
  )
  take(scan, "\\bdid (?:the )?NAME (?:first |last |ever |most often )?(?:conduct|lead)\\b", ["conductor"], "did conduct ")
  take(
    scan,
    "\\bdid (?:the )?NAME (?:first |last |ever |most often )?(?:play|perform|appear|sing|solo)(?: as (?:a )?soloist)?\\b(?! (?:most|more))",
    ["soloist", "artist", "conductor"],
    "did play ",
  )
  take(scan, "\\b(?:has|have|had) NAME (?:ever )?(?:conducted|led)\\b", ["conductor"], "has conducted ")
  take(
    scan,
    "\\bhow (?:often|many times|frequently) (?:was|were|has|have|did|is|are) (?:the )?NAME (?:been |ever been |get )?" +
      PERFORMED +
      "\\b",
    ["composer", "work"],
    "how often performed ",
  )
  take(
    scan,
    "\\bwhen (?:was|were|has|is) (?:the )?NAME (?:first|last|ever|most recently)? ?(?:been )?(?:first |last )?" +
      PERFORMED +
      "\\b",
    ["composer", "work"],
    "when performed ",
  )
  take(
    scan,
    "\\bwhere (?:was|were|has|is) (?:the )?NAME (?:first|last|most often|most)? ?(?:been )?(?:first |last |most often )?" +
      PERFORMED +
      "\\b",
    ["composer", "work"],
    "where performed ",
  )
  take(scan, "\\bperformances? of NAMESTOP", ["composer", "work"], "performances ")
  take(
    scan,
    "\\b(?:concerts?|programmes?|programs?) (?:of|with) (?:music by |works by )?NAMESTOP",
    ["composer", "work", "conductor", "soloist", "artist"],
    "concerts ",
  )
  take(
    scan,
    "\\b(?:tickets?|seats?|revenue|sales|sell-through|takings)(?: \\w+){0,2}? (?:for|of|by) NAMESTOP",
    ["artist", "venue", "city", "conductor", "composer", "work"],
    "tickets ",
  )
  take(scan, "\\bby NAMESTOP", ["composer", "conductor", "artist", "soloist"])
  take(scan, "\\bat (?:the )?NAMESTOP", ["venue", "city"])
  take(scan, "\\b(?:in|from) (?:the )?NAMESTOP", ["city", "venue"])
  take(scan, "\\bwith NAMESTOP", ["soloist", "conductor", "artist"])
  takeSubjects(scan)
  return scan
}

/** What is left when every marked name was read: the one the sentence is about. */
function takeSubjects(scan: Scan): void {
  take(
    scan,
    "\\bdid (?:the )?NAME (?:give|host|have|hold|sell|take|earn|make|gross|see|get|present)\\b",
    ["artist", "venue", "city", "conductor", "soloist"],
    "did give ",
  )
  take(scan, "\\b(?:who|whom) (?:first |last )?(?:conducted|led) NAMESTOP", ["work", "composer", "artist"], "who conducted ")
  take(
    scan,
    "\\b(?:which|what) (?:works?|pieces?|symphon(?:y|ies)|concertos?) (?:of|did) NAME(?: conduct| play| perform|STOP)",
    ["conductor", "composer", "soloist"],
    "which works ",
  )
  take(
    scan,
    "\\b(?:[Ww]hich|[Ww]hat|most[- ]\\w+) ([\\p{Lu}][\\p{L}.'’-]+) (?:symphon(?:y|ies)|concertos?|works?|pieces?|overtures?)\\b",
    ["composer"],
    "which works ",
  )
  take(scan, "\\bwhat did NAME (?:conduct|play|perform)\\b", ["conductor", "soloist", "artist"], "what did ")
  const possessive =
    /([\p{Lu}][\p{L}.'’\u00a0-]*(?:\s[\p{Lu}][\p{L}.'’-]*){0,3})['’]s?\s+(?:own\s+)?(?:very\s+)?(first|last|latest|final|most|earliest|debut|premiere|concerts?|performances?|appearances?|works?|symphon\w+|career|top|tickets?|revenue|sales)/u.exec(
      scan.rest,
    )
  if (possessive && isName(possessive[1]!)) {
    const roles: Role[] =
      /works?|symphon/i.test(possessive[2]!) || /most[- ](?:\w+[- ])?(?:performed|played|often)/i.test(scan.rest)
        ? ["composer", "conductor"]
        : []
    scan.names.push({ text: clean(possessive[1]!), roles })
    scan.rest = scan.rest.replace(possessive[1]!, GAP.trim())
  }
  takeCapitals(scan)
}

/** Words that are written large at the beginning of a question, or always, and name nobody. */
const LARGE =
  /^(?:who|whom|whose|which|what|when|where|why|how|was|were|is|are|did|do|does|has|have|had|can|could|would|will|should|please|compare|list|show|find|search|give|tell|count|number|total|top|best|most|least|the|a|an|in|on|at|of|and|or|but|then|i|it|me|my|we|you|your|they|many|tickets?|concerts?|performances?|revenue|sales|sell-through|halls?|venues?|cities|city|conductors?|composers?|soloists?|works?|pieces?|seasons?|artists?|ignore|hi|hello|thanks|ok|okay|yes|no|busiest|first|last|during|before|after|since|between|from|with|under|by|all|any|every|each|per|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|u\.?s\.?a?|philharmonic|orchestra|ny|nyp|symphony|opera)$/i

/** A name nobody pointed at is still a name: leaving it out would answer another question. */
function takeCapitals(scan: Scan): void {
  const word = "[\\p{Lu}][\\p{L}\\p{N}'’.&\\u00a0-]*"
  const pattern = new RegExp(`${word}(?:,?\\s(?:(?:of|the|van|von|de|la|der|du|di|&)\\s)*${word})*`, "gu")
  const found = [...scan.rest.matchAll(pattern)]
  for (const [text] of found) {
    const words = text.split(/\s+/)
    while (words.length > 0 && LARGE.test(words[0]!.replace(/[,.]$/, ""))) words.shift()
    const name = clean(words.join(" ").replace(/[.,]$/, ""))
    if (name.length < 2 || !isName(name) || LARGE.test(name)) continue
    push(scan, name, [])
    scan.rest = scan.rest.replace(words.join(" "), GAP.trim())
  }
}

/** The parts of `X or Y`, `X and Y`, `X versus Y` at the end of or in a question; undefined where there is no such thing. */
export function sidesIn(text: string): string[] | undefined {
  const source = text.replace(/^[\s¦,]+|[\s?!.¦]+$/g, "")
  const list =
    /\b(?:compare|comparison of|comparing)\s+(?:the (?:number of )?(?:concerts?|performances?)(?: \w+)? (?:at|in|of|by|with|under|for) )?(.+)$/iu.exec(
      source,
    )?.[1] ??
    /^((?:(?![,:–]).)+?\s+(?:or|versus|vs\.?)\s+(?:(?![,:–]).)+?)\s*[:–,]\s+(?:where|who|which|what|how)\b/iu.exec(source)?.[1] ??
    /[,:–]\s*((?:(?![,:–]).)+?\s+(?:or|versus|vs\.?)\s+.+)$/iu.exec(source)?.[1] ??
    /^(.+?\s+(?:versus|vs\.?|compared (?:to|with))\s+.+)$/iu.exec(source)?.[1] ??
    /\b(?:was|were|did|does|is|are|has|have|at|in|by|of|with|under)\s+(?:there )?(?:more (?:concerts?|performances?|tickets?) (?:sold )?(?:at|in|by|of|with|under|for) )?((?:the )?[\p{L}'’.\u00a0-]+(?:\s[\p{Lu}][\p{L}'’.-]*)*(?:\s(?:no\.? ?)?\d+)?\s+or\s+(?:(?:at|in|by|of|with|under) )?(?:the )?[\p{L}'’.\u00a0-]+(?:\s(?!more|most|perform|play|conduct|sell|host|often)[\p{L}\d'’.-]+)*)/iu.exec(
      source,
    )?.[1]
  if (!list) return undefined
  const parts = list
    .replace(
      /\b(?:performed|played|conducted|hosted|sold|more often|more frequently|more concerts|more performances|more tickets|more)\b.*$/iu,
      "",
    )
    .split(/\s*,\s*(?:and |or )?|\s+(?:or|and|versus|vs\.?|compared (?:to|with)|with|to)\s+/iu)
    .map((part) =>
      part
        .replace(
          /^(?:(?:the )?(?:number of )?(?:concerts?|performances?|music|works?)\s+)?(?:(?:at|in|by|of|with|under|between|featuring)\s+)?(?:(?:music|works?)\s+(?:by|of)\s+)?(?:(?:at|in|by|of|with|under)\s+)?/i,
          "",
        )
        .trim(),
    )
    .filter((part) => isName(part))
  return parts.length >= 2 && parts.length <= 4 ? parts.map((part) => bind(clean(part))) : undefined
}

export { clean, isName }
