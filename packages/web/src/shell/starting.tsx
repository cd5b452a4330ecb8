import { useEffect, useState } from "react"
import { useServices } from "../services.tsx"
import { ErrorState } from "../ui/state.tsx"

/** After a reload: turns the kept refresh token into an access token. A refusal leads to the sign-in, a dead network to "try again". */
export function Starting() {
  const [attempt, setAttempt] = useState(0)
  return <Attempt key={attempt} onRetry={() => setAttempt(attempt + 1)} />
}

function Attempt({ onRetry }: { onRetry: () => void }) {
  const { session } = useServices()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    let here = true
    session.getToken().catch((thrown: unknown) => here && setError(thrown))
    return () => {
      here = false
    }
  }, [session])
  if (error) return <ErrorState title="You could not be signed in again" error={error} onRetry={onRetry} />
  return (
    <div className="boot" role="status">
      <span className="boot-mark" />
      <span className="sr-only">Signing in…</span>
    </div>
  )
}
