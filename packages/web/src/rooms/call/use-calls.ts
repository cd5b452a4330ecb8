import { useSyncExternalStore } from "react"
import { type Services, useServices } from "../../services.tsx"
import { roomsOf } from "../rooms-of.ts"
import { type Calls, type CallView, createCalls } from "./calls.ts"
import { ongoing } from "./ongoing.ts"

const made = new WeakMap<Services, Calls>()

/** The calls of this tab, made when the first room is shown; signing out leaves the one there is. */
function callsOf(services: Services): Calls {
  const known = made.get(services)
  if (known) return known
  const { client, session } = services
  const calls = createCalls({ client, room: (id) => roomsOf(services).room(id), load: () => import("./livekit.ts") })
  calls.subscribe(() => {
    const { step, room } = calls.get()
    ongoing.set(step === "in" || step === "reconnecting" ? room : undefined)
  })
  session.onChange(() => session.state === "out" && calls.leave())
  made.set(services, calls)
  return calls
}

export function useCalls(): { calls: Calls; call: CallView } {
  const calls = callsOf(useServices())
  return { calls, call: useSyncExternalStore(calls.subscribe, calls.get) }
}
