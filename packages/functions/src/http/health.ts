import * as Health from "@backline/core/health"
import { http } from "./handler.ts"

/** GET /health (public): 200 with `degraded` where a check failed, so that a probe can tell "running, with trouble" from "not there". */
export const handler = http({ role: "public", run: Health.check })
