import { toApiError } from "@backline/client"

/** Where a list at the side did not load: why, and a way on. */
export function SideProblem({ error, onRetry }: { error: unknown; onRetry: () => unknown }) {
  return (
    <div className="conversations-none" role="alert">
      {toApiError(error).message}
      <button type="button" className="button button-secondary button-small" onClick={() => void onRetry()}>
        Try again
      </button>
    </div>
  )
}

interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage(): unknown
}

/** The end of a list that has more pages. */
export function ShowMore({ of, pages }: { of: string; pages: Pages }) {
  if (!pages.hasNextPage) return null
  return (
    <button
      type="button"
      className="button button-quiet button-small rooms-more"
      disabled={pages.isFetchingNextPage}
      onClick={() => void pages.fetchNextPage()}
    >
      {pages.isFetchingNextPage ? "Loading…" : `Show more ${of}`}
    </button>
  )
}
