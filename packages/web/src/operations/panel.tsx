import { toApiError } from "@backline/client"
import { CircleAlert, Unplug } from "lucide-react"
import type { ReactNode } from "react"
import { Skeleton } from "../ui/skeleton.tsx"

interface Props<T> {
  query: { data: T | undefined; isError: boolean; error: unknown }
  /** What a screen reader hears while it loads. */
  label: string
  lines?: number
  children(data: T): ReactNode
}

/** What the control surface answered; before that grey lines, and what is wrong in a sentence. The last good answer stays when one fails. */
export function Panel<T>({ query, label, lines = 4, children }: Props<T>) {
  if (query.data !== undefined)
    return (
      <>
        {query.isError && <PanelError error={query.error} />}
        {children(query.data)}
      </>
    )
  if (query.isError) return <PanelError error={query.error} />
  return <Skeleton lines={lines} label={label} className="ops-skeletons" />
}

function PanelError({ error }: { error: unknown }) {
  const { code, message } = toApiError(error)
  const Icon = code === "missing.route" ? Unplug : CircleAlert
  return (
    <p className="ops-note" role="status">
      <Icon size={15} aria-hidden />
      <span>{message}</span>
    </p>
  )
}

/** What stands where there is nothing yet, and how to change that. */
export function Nothing({ children }: { children: ReactNode }) {
  return <p className="ops-nothing">{children}</p>
}
