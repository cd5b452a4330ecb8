import { type ApiError, toApiError } from "@backline/client"
import { useState } from "react"

/** Sends a form once at a time; what goes wrong is kept to be shown. */
export function useSubmit(send: (form: FormData) => Promise<void>, onError?: (error: ApiError) => void) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  async function submit(form: FormData): Promise<void> {
    setBusy(true)
    setError(undefined)
    try {
      await send(form)
    } catch (thrown) {
      const problem = toApiError(thrown)
      setError(problem)
      onError?.(problem)
    } finally {
      setBusy(false)
    }
  }
  const onSubmit = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!busy) void submit(new FormData(event.currentTarget))
  }
  return { busy, error, onSubmit }
}
