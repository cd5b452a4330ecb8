import { countsByPeriod } from "./counts-by-period.ts"
import { findConcerts } from "./find-concerts.ts"
import { findNames } from "./find-names.ts"
import { performanceHistory } from "./performance-history.ts"
import type { Tool } from "./tool.ts"
import { topPerformed } from "./top-performed.ts"
import { venuePopularity } from "./venue-popularity.ts"

export { specOf, type Tool } from "./tool.ts"

/** Everything the assistant can do; all of it reads. */
export const TOOLS: readonly Tool[] = [findConcerts, venuePopularity, countsByPeriod, performanceHistory, topPerformed, findNames]
