import { ApiError } from "@backline/client"
import { useId } from "react"
import { SubmitButton } from "./submit-button.tsx"
import { useSubmit } from "./use-submit.ts"

interface Props {
  email: string
  onChoose(password: string): Promise<void>
  /** To the sign-in again: a challenge is good for minutes only. */
  onBack(): void
}

/** The step before the first sign-in: a password of the person's own, twice. */
export function NewPasswordForm({ email, onChoose, onBack }: Props) {
  const ids = { password: useId(), again: useId(), error: useId() }
  const { busy, error, onSubmit } = useSubmit(async (form) => {
    const password = String(form.get("password"))
    if (password !== String(form.get("again")))
      throw new ApiError("input.password", "The two passwords are not the same. Type the new one again.")
    await onChoose(password)
  })
  return (
    <form onSubmit={onSubmit}>
      <input type="hidden" name="email" autoComplete="username" value={email} readOnly />
      <div className="field">
        <label htmlFor={ids.password}>New password</label>
        <input
          id={ids.password}
          className="input"
          data-testid="new-password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          autoFocus
          aria-invalid={error?.code === "input.password" || undefined}
          aria-describedby={error ? ids.error : undefined}
        />
      </div>
      <div className="field">
        <label htmlFor={ids.again}>The same again</label>
        <input
          id={ids.again}
          className="input"
          data-testid="new-password-again"
          name="again"
          type="password"
          autoComplete="new-password"
          required
          aria-describedby={error ? ids.error : undefined}
        />
      </div>
      {error && (
        <p className="sign-in-error" role="alert" id={ids.error} data-testid="sign-in-error">
          {error.code === "auth.refused" ? "This took too long. Go back and sign in again." : error.message}
        </p>
      )}
      <SubmitButton busy={busy} label="Set it and sign in" busyLabel="Signing in…" testId="new-password-submit" />
      <button type="button" className="button button-quiet" onClick={onBack}>
        Back to the sign-in
      </button>
    </form>
  )
}
