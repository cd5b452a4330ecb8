import type { Amount } from "@backline/client"

interface Taken {
  amounts: readonly Amount[]
}

/** Every currency that was taken, the most frequent first. */
export function currenciesIn(items: readonly Taken[]): string[] {
  const counts = new Map<string, number>()
  for (const { amounts } of items) for (const { currency } of amounts) counts.set(currency, (counts.get(currency) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([currency]) => currency)
}

/** The currency of all, where all have the same. */
export const onlyOne = (items: readonly Taken[]): string | undefined => {
  const all = currenciesIn(items)
  return all.length === 1 ? all[0] : undefined
}

/** What is shown where one currency was chosen. */
export const shownOf = (amounts: readonly Amount[], currency: string | undefined): readonly Amount[] =>
  currency === undefined ? amounts : amounts.filter((amount) => amount.currency === currency)
