import { useId, useRef } from "react"
import { SubmitButton } from "./submit-button.tsx"
import { useSubmit } from "./use-submit.ts"

interface Props {
  /** Filled in where everyone may know it. */
  demo?: { email: string; password: string }
  onSignIn(email: string, password: string): Promise<void>
}

export function SignInForm({ demo, onSignIn }: Props) {
  const password = useRef<HTMLInputElement>(null)
  const ids = { email: useId(), password: useId(), error: useId() }
  const { busy, error, onSubmit } = useSubmit(
    (form) => onSignIn(String(form.get("email")).trim(), String(form.get("password"))),
    () => password.current?.select(),
  )
  return (
    <form onSubmit={onSubmit}>
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
          autoFocus={!demo}
          defaultValue={demo?.email}
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
          defaultValue={demo?.password}
          aria-invalid={error?.code === "auth.refused" || undefined}
          aria-describedby={error ? ids.error : undefined}
        />
      </div>
      {error && (
        <p className="sign-in-error" role="alert" id={ids.error} data-testid="sign-in-error">
          {error.message}
        </p>
      )}
      <SubmitButton busy={busy} label="Sign in" busyLabel="Signing in…" testId="sign-in-submit" autoFocus={Boolean(demo)} />
    </form>
  )
}
