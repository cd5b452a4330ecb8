interface Props {
  busy: boolean
  label: string
  busyLabel: string
  testId: string
  autoFocus?: boolean
}

/** Stays focusable while it works, so that a screen reader does not lose its place. */
export function SubmitButton({ busy, label, busyLabel, testId, autoFocus }: Props) {
  return (
    <button type="submit" className="button button-primary" data-testid={testId} aria-disabled={busy} autoFocus={autoFocus}>
      {busy && <span className="spinner spinner-on-accent" aria-hidden />}
      {busy ? busyLabel : label}
    </button>
  )
}
