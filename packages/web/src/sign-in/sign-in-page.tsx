import { type ApiError, toApiError } from "@backline/client"
import { useEffect, useId, useRef, useState } from "react"
import { Navigate, useLocation } from "react-router"
import { useServices, useSession } from "../services.tsx"
import { Starting } from "../shell/starting.tsx"
import { ThemeToggle } from "../theme/theme-toggle.tsx"
import { Mark } from "../ui/mark.tsx"
import "./sign-in.css"

/** Only paths of this console: an address from elsewhere must not be a place to land on. */
const landing = (state: unknown): string => {
  const from = (state as { from?: unknown } | null)?.from
  return typeof from === "string" && /^\/(?!\/)/.test(from) && !from.startsWith("/sign-in") ? from : "/"
}

export function SignInPage() {
  const { session, config } = useServices()
  const state = useSession()
  const location = useLocation()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const password = useRef<HTMLInputElement>(null)
  const ids = { email: useId(), password: useId(), error: useId() }
  useEffect(() => {
    document.title = "Sign in · Backline"
  }, [])

  if (state === "unknown") return <Starting />
  if (state === "in") return <Navigate to={landing(location.state)} replace />

  async function submit(form: FormData) {
    setBusy(true)
    setError(undefined)
    try {
      await session.signIn(String(form.get("email")).trim(), String(form.get("password")))
    } catch (thrown) {
      setError(toApiError(thrown))
      setBusy(false)
      password.current?.select()
    }
  }

  return (
    <div className="sign-in">
      <div className="sign-in-theme">
        <ThemeToggle />
      </div>
      <main className="sign-in-card">
        <Mark size={40} />
        <h1>Sign in to Backline</h1>
        <p>Ask about concerts, venues and tickets. Each answer comes with the rows that prove it.</p>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (!busy) void submit(new FormData(event.currentTarget))
          }}
        >
          <div className="field">
            <label htmlFor={ids.email}>Email</label>
            <input
              id={ids.email}
              className="input"
              data-testid="sign-in-email"
              name="email"
              type="email"
              autoComplete="username"
              required
              autoFocus={!config.demo}
              defaultValue={config.demo?.email}
              aria-describedby={error ? ids.error : undefined}
            />
          </div>
          <div className="field">
            <label htmlFor={ids.password}>Password</label>
            <input
              ref={password}
              id={ids.password}
              className="input"
              data-testid="sign-in-password"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              defaultValue={config.demo?.password}
              aria-invalid={error?.code === "auth.refused" || undefined}
              aria-describedby={error ? ids.error : undefined}
            />
          </div>
          {error && (
            <p className="sign-in-error" role="alert" id={ids.error} data-testid="sign-in-error">
              {error.message}
            </p>
          )}
          <button
            type="submit"
            className="button button-primary"
            data-testid="sign-in-submit"
            aria-disabled={busy}
            autoFocus={Boolean(config.demo)}
          >
            {busy && <span className="spinner spinner-on-accent" aria-hidden />}
            {busy ? "Signing in…" : "Sign in"}
          </button>
        </form>
        {config.demo && (
          <p className="sign-in-demo">
            <strong>Demo account.</strong> This platform runs on your machine, so its demo sign-in is filled in. Just continue.
          </p>
        )}
      </main>
      <footer className="sign-in-foot">
        Stage <code>{config.stage}</code>
      </footer>
    </div>
  )
}
