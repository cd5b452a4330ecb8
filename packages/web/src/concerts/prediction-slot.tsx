import type { ConcertFigures, ConcertSummary } from "@backline/client"

/** What is expected of a concert stands here, beside how it sells; nothing yet. */
export function PredictionSlot(_: { concert: ConcertSummary; figures: ConcertFigures }) {
  return null
}
