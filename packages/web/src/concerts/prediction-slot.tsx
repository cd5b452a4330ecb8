import type { ConcertFigures, ConcertSummary } from "@backline/client"
import type { FC } from "react"

interface Props {
  concert: ConcertSummary
  figures: ConcertFigures
}

/** What is expected of a concert stands here, beside how it sells; nothing yet. */
export const PredictionSlot: FC<Props> = () => null
