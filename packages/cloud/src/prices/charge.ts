/** One line of a bill. */
export interface Charge {
  service: string
  /** What is counted: `writeRequestUnit`, `payloadUnit`, `inputToken` … */
  item: string
  quantity: number
  microUsd: number
}

export const charge = (service: string, item: string, quantity: number, each: number): Charge[] =>
  quantity > 0 ? [{ service, item, quantity, microUsd: quantity * each }] : []

/** Started units of `size`; nothing at all still is one. */
export const chunks = (bytes: number, size: number): number => Math.max(1, Math.ceil(bytes / size))

export const total = (charges: readonly Charge[]): number => charges.reduce((sum, { microUsd }) => sum + microUsd, 0)

/** Millionths of a micro-USD are enough, and hide what adding fractions leaves behind. */
export const rounded = (microUsd: number): number => Math.round(microUsd * 1e6) / 1e6
