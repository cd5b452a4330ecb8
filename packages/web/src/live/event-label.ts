interface Labelled {
  id: string
  type: string
  label?: string
}

/** These carry the id of their concert where the others carry a name. */
const OF_A_CONCERT = /^(ticket\.|concert\.cancelled$)/

/** The concert that a label names by its id: of `2 × c-17` and of `c-17`. */
export function concertOf({ type, label = "" }: Labelled): string | undefined {
  if (!OF_A_CONCERT.test(type)) return undefined
  return label.replace(/^\d+ × /, "") || undefined
}

/** An event in a few words, its concert by its title as soon as that is known. */
export function labelOf(event: Labelled, titles: ReadonlyMap<string, string>): string {
  const { id, label = "" } = event
  const concert = concertOf(event)
  const title = concert === undefined ? undefined : titles.get(concert)
  return title === undefined ? label || id : label.replace(concert!, () => title)
}
