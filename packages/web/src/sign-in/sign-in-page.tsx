import { NewPasswordRequired } from "@backline/client"
import { useEffect, useState } from "react"
import { Navigate, useLocation } from "react-router"
import { useServices, useSession } from "../services.tsx"
import { Starting } from "../shell/starting.tsx"
import { ThemeToggle } from "../theme/theme-toggle.tsx"
import { Mark } from "../ui/mark.tsx"
import { NewPasswordForm } from "./new-password-form.tsx"
import { SignInForm } from "./sign-in-form.tsx"
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
  const [challenge, setChallenge] = useState<NewPasswordRequired>()
  useEffect(() => {
    document.title = "Sign in · Backline"
  }, [])

  if (state === "unknown") return <Starting />
  if (state === "in") return <Navigate to={landing(location.state)} replace />

  async function signIn(email: string, password: string): Promise<void> {
    try {
      await session.signIn(email, password)
    } catch (thrown) {
      if (!(thrown instanceof NewPasswordRequired)) throw thrown
      setChallenge(thrown)
    }
  }

  return (
    <div className="sign-in">
      <div className="sign-in-theme">
        <ThemeToggle />
      </div>
      <main className="sign-in-card">
        <Mark size={40} />
        {challenge ? (
          <>
            <h1>Choose your password</h1>
            <p>This is your first sign-in, and an administrator chose the password. From now on only you know it.</p>
            <NewPasswordForm
              email={challenge.email}
              onChoose={(password) => session.choosePassword(challenge, password)}
              onBack={() => setChallenge(undefined)}
            />
          </>
        ) : (
          <>
            <h1>Sign in to Backline</h1>
            <p>Ask about concerts, venues and tickets. Each answer comes with the rows that prove it.</p>
            <SignInForm demo={config.demo ?? undefined} onSignIn={signIn} />
          </>
        )}
        {config.demo && !challenge && (
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
