import { type Charge, rounded } from "./charge.ts"

/** What a charge is for, as far as it is known. */
export interface For {
  at: number
  function?: string
  /** Request id of the invocation that caused it. */
  invocation?: string
}

type Entry = For & Charge

export interface Bill {
  microUsd: number
  services: Record<string, { microUsd: number; items: Record<string, { quantity: number; microUsd: number }> }>
}

/** How many charges are kept one by one; older ones are in the totals only. */
const KEPT = 100_000

/** Everything that would be on the bill. */
export class Ledger {
  private entries: Entry[] = []
  private readonly totals = new Map<string, Charge>()
  /** Charges that are no longer kept one by one were made before this. */
  keptSince = -Infinity

  constructor(private readonly kept = KEPT) {}

  add({ at, function: name, invocation }: For, charges: readonly Charge[]): void {
    for (const charge of charges) {
      const key = `${charge.service} ${charge.item}`
      const sum = this.totals.get(key)
      if (sum) {
        sum.quantity += charge.quantity
        sum.microUsd += charge.microUsd
      } else this.totals.set(key, { ...charge })
      // Written out: spreading two objects takes several times as long, and this runs at every call and message.
      const { service, item, quantity, microUsd } = charge
      this.entries.push({ at, function: name, invocation, service, item, quantity, microUsd })
    }
    if (this.entries.length <= this.kept * 1.1) return
    const dropped = this.entries.splice(0, this.entries.length - this.kept)
    this.keptSince = dropped.reduce((latest, { at }) => Math.max(latest, at + 1), this.keptSince)
  }

  /** Everything since the start. */
  all(): Bill {
    return billOf(this.totals.values())
  }

  /** The kept charges that `matches` picks. */
  some(matches: (entry: Entry) => boolean): Bill {
    return billOf(this.entries.filter(matches))
  }
}

/** Adds charges up by service and item. */
export function billOf(charges: Iterable<Charge>): Bill {
  const bill: Bill = { microUsd: 0, services: {} }
  for (const { service, item, quantity, microUsd } of charges) {
    const of = (bill.services[service] ??= { microUsd: 0, items: {} })
    const line = (of.items[item] ??= { quantity: 0, microUsd: 0 })
    for (const sum of [bill, of, line]) sum.microUsd = rounded(sum.microUsd + microUsd)
    line.quantity = rounded(line.quantity + quantity)
  }
  return bill
}
