import { toApiError, type PredictionQuery } from "@backline/client"
import { Clock } from "lucide-react"
import { useState } from "react"
import { formatNumber, formatShare } from "../format/number.ts"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { Band } from "./band.tsx"
import style from "./predictions.module.css"
import { PriceSlider } from "./price-slider.tsx"
import { Reasons } from "./reasons.tsx"
import { usePrediction, useRested } from "./use-prediction.ts"

/** What a concert will sell in the end, how sure that is, why, and what another price would do. Give it a `key` of the concert. */
export function PredictionPanel({ about }: { about: PredictionQuery }) {
  const [price, setPrice] = useState<number>()
  const rested = useRested(price)
  const { data, error, isPending, isFetching, refetch } = usePrediction(
    rested === undefined ? about : { ...about, priceCents: rested },
  )
  if (isPending) return <Skeleton lines={6} label="The prediction is loading" />
  if (!data) return <NoPrediction error={error} onRetry={() => void refetch()} />
  /** Of a concert that is only thought of, the price that it was described with. */
  const base = data.currentPriceCents ?? about.priceCents ?? data.priceCents
  const figures = [
    ["Expected", formatNumber(data.expected), "prediction-expected"],
    ["Low to high", `${formatNumber(data.low)}–${formatNumber(data.high)}`, "prediction-range"],
    ["Sold so far", `${formatNumber(data.sold)} of ${formatNumber(data.seats)}`, "prediction-sold"],
    ["Chance to sell out", formatShare(data.sellOutProbability), "prediction-full"],
  ] as const
  return (
    <section className={style.panel} aria-label="Prediction" aria-busy={isFetching} data-testid="prediction">
      <dl className={style.figures} aria-live="polite">
        {figures.map(([name, value, id]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-testid={id}>{value}</dd>
          </div>
        ))}
      </dl>
      <Band prediction={data} />
      {base === null || base === 0 ? (
        <p className={style.quiet}>No price is known, so none can be compared.</p>
      ) : (
        <PriceSlider base={base} value={price ?? base} currency={data.currency} onChange={setPrice} />
      )}
      <Reasons prediction={data} />
      {error && <p role="alert">{toApiError(error).message} What is shown is from before.</p>}
    </section>
  )
}

function NoPrediction({ error, onRetry }: { error: unknown; onRetry(): void }) {
  const { code, message } = toApiError(error)
  if (code !== "unavailable.model_not_trained") return <ErrorState title="No prediction" error={error} onRetry={onRetry} />
  return (
    <EmptyState icon={Clock} title="No model is trained yet">
      <p>{message}</p>
      <button type="button" className="button button-secondary" onClick={onRetry}>
        Look again
      </button>
    </EmptyState>
  )
}
