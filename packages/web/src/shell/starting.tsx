import { useEffect, useState } from "react"
import { useServices } from "../services.tsx"
import { ErrorState } from "../ui/state.tsx"

/** After a reload: turns the kept refresh token into an access token. A refusal leads to the sign-in, a dead network to "try again". */
export function Starting() {
  const { session } = useServices()
  const [error, setError] = useState<unknown>()
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    let here = true
    setError(undefined)
    session.getToken().catch((thrown: unknown) => here && setError(thrown))
    return () => {
      here = false
    }
  }, [session, attempt])
  if (error) return <ErrorState title="You could not be signed in again" error={error} onRetry={() => setAttempt(attempt + 1)} />
  return (
    <div className="boot" role="status">
      <span className="boot-mark" />
      <span className="sr-only">Signing in…</span>
    </div>
  )
}
