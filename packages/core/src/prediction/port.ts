import type { Forecast } from "./forecast.ts"
import type { Snapshot } from "./snapshot.ts"

/** What answered, and how far it may be trusted. */
export interface ModelInfo {
  version: string
  /** Epoch milliseconds. */
  trainedAt: number
  /** Mean of |error| / tickets sold, on later concerts than it learned from. */
  mape: number
  /** Mean error in tickets on the same. */
  error: number | null
  /** Share of concerts that the band is made to hold. */
  coverage: number
  /** Share that it held. */
  held: number | null
}

/** The port: facts of a concert in, what it will sell out. */
export interface Model {
  predict(snapshot: Snapshot, priceMinor?: number): Promise<{ forecast: Forecast; model: ModelInfo }>
}

/** Hours between two trainings by the schedule; as often as a failed one may be tried again by Lambda. */
export const TRAINING_HOURS = 6
