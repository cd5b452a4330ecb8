import * as Quarantine from "@backline/core/quarantine"
import { http } from "./handler.ts"

/** GET /quarantine */
export const handler = http({ role: "editor", run: Quarantine.list })
