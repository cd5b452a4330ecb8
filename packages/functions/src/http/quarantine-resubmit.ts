import * as Quarantine from "@backline/core/quarantine"
import { http } from "./handler.ts"

/** POST /quarantine/{id}/resubmit */
export const handler = http({ role: "editor", run: Quarantine.resubmit })
