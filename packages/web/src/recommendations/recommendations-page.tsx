import type { Recommendations } from "@backline/client"
import { Search, Sparkles } from "lucide-react"
import { useEffect, useState } from "react"
import { useSearchParams } from "react-router"
import { plural } from "../format/number.ts"
import { formatAgo } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { PageHeader } from "../shell/page-header.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { ConcertCard } from "./concert-card.tsx"
import { useClicked, useDismiss, useRecommendations } from "./queries.ts"
import style from "./recommendations.module.css"

const TYPING_MS = 350

/** Coming concerts for the person who looks; the city lives in the address. */
export default function RecommendationsPage() {
  const [search, setSearch] = useSearchParams()
  const city = search.get("city") ?? ""
  const answer = useRecommendations(city)
  const dismiss = useDismiss()
  const clicked = useClicked()
  const { data } = answer
  return (
    <>
      <PageHeader title="Recommendations" />
      <div className="page-body" tabIndex={0} role="region" aria-label="Recommendations">
        <div className={style.page} aria-busy={answer.isFetching}>
          <CityField city={city} onChange={(next) => setSearch(next ? { city: next } : {}, { replace: true })} />
          {answer.isPending && <Skeleton lines={8} label="Recommendations are loading" />}
          {answer.isError && !data && (
            <ErrorState title="Recommendations did not load" error={answer.error} onRetry={() => void answer.refetch()} />
          )}
          {data && data.items.length === 0 && <Nothing answer={data} city={city} />}
          {data && data.items.length > 0 && (
            <>
              <About answer={data} />
              <ul className={style.cards} aria-label="Recommended concerts">
                {data.items.map((item) => (
                  <ConcertCard
                    key={item.concertId}
                    item={item}
                    onDismiss={() => dismiss.mutate(item.concertId)}
                    onClicked={() => clicked(item.concertId)}
                  />
                ))}
              </ul>
            </>
          )}
        </div>
      </div>
    </>
  )
}

function About({ answer: { items, strategy, trainedAt } }: { answer: Recommendations }) {
  const now = useNow()
  const learned = trainedAt === null ? "" : ` · learned ${formatAgo(trainedAt, now)}`
  return (
    <>
      <p className={style.about} role="status" data-testid="strategy">
        {plural(items.length, "concert")} {strategy === "personal" ? "that fit what you like" : "that many people buy right now"}
        {learned}
      </p>
      {strategy === "popular" && (
        <p className={style.newcomer}>
          We do not know your taste yet, so this is what is popular. Follow artists, look at concerts or buy tickets, and this
          page becomes yours; send away what is not for you.
        </p>
      )}
    </>
  )
}

function Nothing({ answer: { strategy }, city }: { answer: Recommendations; city: string }) {
  if (strategy === "untrained")
    return (
      <EmptyState icon={Sparkles} title="Nothing is learned yet">
        <p>
          Tastes are learned from tickets, follows and looks soon after the first of them are loaded. This page looks again by
          itself.
        </p>
      </EmptyState>
    )
  return (
    <EmptyState icon={Sparkles} title={city ? `No coming concerts in ${city}` : "No coming concerts"}>
      <p>
        {city
          ? "Write the whole name of the city, or leave it out."
          : "As soon as concerts go on sale they are recommended here."}
      </p>
    </EmptyState>
  )
}

function CityField({ city, onChange }: { city: string; onChange: (city: string) => void }) {
  const [text, setText] = useState(city)
  useEffect(() => {
    if (text.trim() === city) return
    const timer = setTimeout(() => onChange(text.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text, city, onChange])
  return (
    <div className={`search ${style.city}`}>
      <Search size={15} aria-hidden />
      <input
        className="input"
        type="search"
        placeholder="City"
        aria-label="City"
        data-testid="recommendations-city"
        maxLength={300}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  )
}
