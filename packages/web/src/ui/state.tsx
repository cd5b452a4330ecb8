import { toApiError } from "@backline/client"
import { CircleAlert, type LucideIcon, RotateCw } from "lucide-react"
import type { ReactNode } from "react"

interface Props {
  icon: LucideIcon
  title: string
  children?: ReactNode
}

/** What stands where there is nothing: why, and what to do. */
export function EmptyState({ icon: Icon, title, children }: Props) {
  return (
    <div className="state">
      <span className="state-icon">
        <Icon size={20} aria-hidden />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** A failure with its sentence, its code for a report, and a way on. */
export function ErrorState({
  error,
  title = "This did not load",
  onRetry,
}: {
  error: unknown
  title?: string
  onRetry?: () => void
}) {
  const { message, code, requestId } = toApiError(error)
  return (
    <div role="alert">
      <EmptyState icon={CircleAlert} title={title}>
        <p>{message}</p>
        <small>
          {code}
          {requestId ? ` · request ${requestId}` : ""}
        </small>
        {onRetry && (
          <button type="button" className="button button-secondary" onClick={onRetry}>
            <RotateCw size={15} aria-hidden /> Try again
          </button>
        )}
      </EmptyState>
    </div>
  )
}
