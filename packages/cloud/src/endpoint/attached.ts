import { readAttached } from "../iam/index.ts"
import { AwsError } from "../service.ts"

/** Throws what `malformed` makes for text that is no policy, and by name for one that is not simulated. */
export function checkAttached(name: string, text: string, malformed: (reason: string) => AwsError): void {
  try {
    readAttached(name, text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw reason.startsWith("NOT_SIMULATED") ? new AwsError("NotSimulatedException", reason) : malformed(reason)
  }
}
