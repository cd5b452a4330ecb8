import { MapPinOff } from "lucide-react"
import { Link, useLocation } from "react-router"
import { PageHeader } from "./shell/page-header.tsx"
import { EmptyState } from "./ui/state.tsx"

export function NotFoundPage() {
  const { pathname } = useLocation()
  return (
    <>
      <PageHeader title="Not found" />
      <div className="page-body">
        <EmptyState icon={MapPinOff} title="There is no page here">
          <p>
            <code>{pathname}</code> leads nowhere. The link may be old or mistyped.
          </p>
          <Link className="button button-primary" to="/">
            Ask the assistant
          </Link>
        </EmptyState>
      </div>
    </>
  )
}
