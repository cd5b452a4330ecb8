import { ApiError } from "@backline/client"

type LiveKit = typeof import("./livekit.ts")

export type Device = "microphone" | "camera" | "screen"

/**
 * Why a device did not start, and what to do; nothing where the person called it off.
 * https://developer.mozilla.org/en-US/docs/Web/API/MediaDevices/getUserMedia#exceptions
 */
export function deviceProblem(device: Device, error: unknown): string | undefined {
  const name = error instanceof Error ? error.name : ""
  if (device === "screen") return name === "NotAllowedError" ? undefined : "Your screen could not be shown. Try again."
  const others = device === "microphone" ? "Others do not hear you." : "Others do not see you."
  if (name === "NotAllowedError")
    return `Your browser does not let this page use the ${device}. ${others} Allow it beside the page's address, then try again.`
  if (name === "NotFoundError" || name === "OverconstrainedError")
    return `No ${device} was found. ${others} Connect one, then try again.`
  if (name === "NotReadableError" || name === "AbortError")
    return `The ${device} is in use by another program. ${others} Close that program, then try again.`
  return `The ${device} did not start. ${others} Try again.`
}

/** Why LiveKit did not let one in. `host` is where it was looked for. */
export function connectProblem(kit: Pick<LiveKit, "ConnectionErrorReason"> | undefined, host: string, error: unknown): ApiError {
  const reason = (error as { reason?: unknown }).reason
  if (kit && reason === kit.ConnectionErrorReason.NotAllowed)
    return new ApiError(
      "forbidden.call",
      `LiveKit at ${host} did not accept the ticket. An administrator has to check that key and secret of this stage are LiveKit's.`,
    )
  return new ApiError("unavailable.call", `LiveKit did not answer at ${host}. Check your connection, then try again.`)
}

/** How a call ended that one did not leave. */
export function endedBecause({ DisconnectReason }: Pick<LiveKit, "DisconnectReason">, reason: number | undefined): string {
  if (reason === DisconnectReason.DUPLICATE_IDENTITY) return "You joined this call on another device, which took your place."
  if (reason === DisconnectReason.PARTICIPANT_REMOVED) return "You were taken out of this call."
  if (reason === DisconnectReason.ROOM_DELETED) return "The call was ended for everybody."
  if (reason === DisconnectReason.SERVER_SHUTDOWN) return "LiveKit is being restarted. Join again in a moment."
  return "The connection to the call was lost, and joining again did not work."
}
