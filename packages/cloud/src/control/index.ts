import type { ControlRequest } from "../endpoint/control-request.ts"
import type { AwsResponse } from "../service.ts"
import { calls, callsTail } from "./calls.ts"
import { moveClock, readClock } from "./clock.ts"
import { addFaults, listFaults, removeFault, removeFaults } from "./faults.ts"
import { functions } from "./functions.ts"
import { price } from "./price.ts"
import { queues, redrive } from "./queues.ts"
import { logs } from "./logs.ts"
import { reload } from "./reload.ts"
import { resources } from "./resources.ts"
import { badInput, json, type Parts, type Route } from "./route.ts"
import { breakSocket, listSockets } from "./sockets.ts"
import { state } from "./state.ts"
import { streams } from "./streams.ts"

/** The control surface; a new route is one file and one line here. */
const ROUTES: readonly Route[] = [
  resources,
  state,
  calls,
  callsTail,
  logs,
  reload,
  price,
  functions,
  queues,
  redrive,
  streams,
  addFaults,
  listFaults,
  removeFaults,
  removeFault,
  readClock,
  moveClock,
  listSockets,
  breakSocket,
]

const patterns = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^/_local/${route.path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
}))

const missing = json(404, {
  code: "missing.route",
  message: `The control surface has ${ROUTES.map(({ method, path }) => `${method} /_local/${path}`).join(", ")}.`,
})

/** Answers `/_local/*` on the AWS address. Host and Origin were checked before. */
export const control =
  (parts: Parts) =>
  async (request: ControlRequest): Promise<AwsResponse> => {
    for (const { route, pattern } of patterns) {
      const match = route.method === request.method ? pattern.exec(request.url.pathname) : undefined
      if (!match) continue
      const params = paramsOf(match.groups)
      if (!params) return badInput("The path has a part that is not percent-encoded as it should be.")
      return route.answer({ ...request, params }, parts)
    }
    return missing
  }

function paramsOf(groups: Record<string, string> = {}): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]))
  } catch {
    return undefined
  }
}
