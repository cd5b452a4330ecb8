const HEIGHT = 36
const GAP = 2

/** Bars of the last minute, the newest at the right. */
export function Sparkline({ slots, label, width = 248 }: { slots: readonly number[]; label: string; width?: number }) {
  const most = Math.max(1, ...slots)
  const bar = (width - GAP * (slots.length - 1)) / slots.length
  return (
    <svg className="sparkline" viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {slots.map((count, slot) => {
        const height = count > 0 ? Math.max(3, (count / most) * HEIGHT) : 1.5
        return (
          <rect
            key={slot}
            x={slot * (bar + GAP)}
            y={HEIGHT - height}
            width={bar}
            height={height}
            rx={1}
            className={count > 0 ? "spark-on" : "spark-off"}
          />
        )
      })}
    </svg>
  )
}
