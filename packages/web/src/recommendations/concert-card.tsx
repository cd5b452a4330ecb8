import type { Recommendation, RecommendationReason } from "@backline/client"
import { CalendarDays, Eye, Flame, Heart, type LucideIcon, MapPin, Sparkles, Ticket, X } from "lucide-react"
import { formatDay } from "../format/time.ts"
import style from "./recommendations.module.css"

const ICON: Record<RecommendationReason["kind"], LucideIcon> = {
  follow: Heart,
  bought: Ticket,
  viewed: Eye,
  similar: Sparkles,
  city: MapPin,
  popular: Flame,
}

interface Props {
  item: Recommendation
  onDismiss(): void
  onClicked(): void
}

/** One concert: who, where, when, and why it is here. */
export function ConcertCard({ item, onDismiss, onClicked }: Props) {
  const name = item.artist ?? item.title
  const place = [item.venue ?? item.venueId, item.city].filter(Boolean).join(", ")
  return (
    <li className={style.card} data-testid="recommendation" data-concert={item.concertId}>
      <div className={style.head}>
        <h2 className={style.name}>
          <bdi>{name}</bdi>
        </h2>
        <button
          type="button"
          className="icon-button"
          aria-label={`Do not recommend ${name} on ${formatDay(item.date)} again`}
          title="Not for me"
          data-testid="dismiss"
          onClick={onDismiss}
        >
          <X size={16} aria-hidden />
        </button>
      </div>
      <p className={style.line}>
        <CalendarDays size={14} aria-hidden />
        <time dateTime={item.date}>{formatDay(item.date)}</time>
      </p>
      <p className={style.line}>
        <MapPin size={14} aria-hidden />
        <bdi>{place}</bdi>
      </p>
      <details className={style.why} onToggle={(event) => event.currentTarget.open && onClicked()}>
        <summary>
          <Because reason={item.reasons[0]!} />
        </summary>
        <ul>
          {item.reasons.slice(1).map((reason) => (
            <li key={reason.text}>
              <Because reason={reason} />
            </li>
          ))}
          <li>
            <bdi>{item.title}</bdi>. The date is the day at the venue; tickets are left.
          </li>
        </ul>
      </details>
    </li>
  )
}

function Because({ reason }: { reason: RecommendationReason }) {
  const Icon = ICON[reason.kind]
  return (
    <span className={style.because}>
      <Icon size={14} aria-hidden />
      <bdi>{reason.text}</bdi>
    </span>
  )
}
