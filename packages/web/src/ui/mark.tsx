/** The product's mark: three levels of a meter. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="mark">
      <rect width="32" height="32" rx="8" className="mark-ground" />
      <rect x="7" y="14" width="3.5" height="11" rx="1.75" className="mark-bar" />
      <rect x="14.25" y="7" width="3.5" height="18" rx="1.75" className="mark-bar" />
      <rect x="21.5" y="11" width="3.5" height="14" rx="1.75" className="mark-bar" />
    </svg>
  )
}
