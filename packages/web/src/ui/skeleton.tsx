/** Grey lines in the shape of what is loading; `label` is what a screen reader hears. */
export function Skeleton({ lines, label, className = "" }: { lines: number; label: string; className?: string }) {
  return (
    <div role="status" className={`skeletons ${className}`}>
      <span className="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="skeleton" />
      ))}
    </div>
  )
}
