import { Component, type ReactNode } from "react"
import { ApiError } from "@backline/client"
import { ErrorState } from "./ui/state.tsx"

/** A part that is gone: a deployment replaced the files this page was built from. */
const isOldBuild = (error: Error): boolean =>
  /dynamically imported module|importing a module script|Failed to fetch dynamically/i.test(error.message)

/** The last net: a page that failed to draw says so and offers the way out. Drafts and unsent questions are kept. */
export class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {}

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    const [title, message] = isOldBuild(error)
      ? ["There is a new version", "Reload to go on with it. What you were writing is kept."]
      : ["This page failed", "Reload to go on. What you were writing is kept."]
    return <ErrorState title={title} error={new ApiError("console", message)} onRetry={() => location.reload()} />
  }
}
