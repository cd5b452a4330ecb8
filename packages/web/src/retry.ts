import { toApiError } from "@backline/client"

/** Whether a read is worth another try: what time can mend, three times at most. */
export function shouldRetry(failures: number, thrown: unknown): boolean {
  const { code, status } = toApiError(thrown)
  if (failures >= 3 || code.startsWith("auth.")) return false
  return code.startsWith("unavailable") || code.startsWith("limit.") || status >= 500
}
