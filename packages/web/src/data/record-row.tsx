import type { QuarantinedRecord } from "@backline/client"
import { formatAgo, formatMoment } from "../format/time.ts"
import style from "./data.module.css"
import { partsOf } from "./fix.ts"
import { shardNumber, streamName } from "./stream-name.ts"

const STATES = { open: "waiting", resubmitting: "begun", resubmitted: "sent again", discarded: "discarded" } as const

/** One record: what is wrong with it, where it came from, and how it begins. */
export function RecordRow({ item, now, onOpen }: { item: QuarantinedRecord; now: number; onOpen(): void }) {
  const { code, message } = partsOf(item.reason)
  const waits = item.state === "open" || item.state === "resubmitting"
  return (
    <li className={style.record} data-testid="quarantined">
      <div className={style.about}>
        <p className={style.reason}>
          <bdi>{message}</bdi>
        </p>
        <p className={style.meta}>
          <span className={waits ? style.warn : undefined}>{STATES[item.state]}</span>
          {code && <code>{code}</code>}
          <span>
            {streamName(item.stream)}, shard {shardNumber(item.shard)}
          </span>
          <time dateTime={new Date(item.at).toISOString()} title={formatMoment(item.at)}>
            {formatAgo(item.at, now)}
          </time>
        </p>
        <code className={style.preview}>
          <bdi>{(item.text ?? `base64 ${item.base64}`).slice(0, 200)}</bdi>
        </code>
      </div>
      <button
        type="button"
        className="button button-secondary button-small"
        data-testid="quarantine-open"
        aria-label={`${waits ? "Fix" : "Show"} the record: ${message.slice(0, 80)}`}
        onClick={onOpen}
      >
        {waits ? "Fix" : "Show"}
      </button>
    </li>
  )
}
