import type { Product } from "../../test/e2e/product.ts"

/** Millionths of a dollar by service and item, as the local cloud prices the units of its call log. */
export type Bill = Record<string, number>

async function bill(product: Product): Promise<Bill> {
  const response = await fetch(`${product.aws}/_local/price`)
  const { services } = (await response.json()) as { services: Record<string, { items: Record<string, { microUsd: number }> }> }
  return Object.fromEntries(
    Object.entries(services).flatMap(([service, { items }]) =>
      Object.entries(items).map(([item, { microUsd }]) => [`${service} ${item}`, microUsd]),
    ),
  )
}

/** What follows an ack, and the logs, come a moment later: also those of what was done before. */
const SETTLE_MS = 1_500
const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS))

/** What was spent while something ran, and shortly after. */
export async function spent(product: Product, run: () => Promise<unknown>): Promise<Bill> {
  await settle()
  const before = await bill(product)
  await run()
  await settle()
  const after = await bill(product)
  return Object.fromEntries(Object.entries(after).map(([item, microUsd]) => [item, microUsd - (before[item] ?? 0)]))
}

/** Depends on how fast this machine is, or on how long somebody stays, not on messages. */
const APART = new Set(["lambda gbSecond", "apigateway connectionMinute"])

/** Dollars a million messages; of all items, or of those of one name. */
export const perMillion = (spent: Bill, messages: number, only?: string): number =>
  Object.entries(spent)
    .filter(([item]) => (only ? item.startsWith(only) : !APART.has(item)))
    .reduce((sum, [, microUsd]) => sum + microUsd, 0) / messages
