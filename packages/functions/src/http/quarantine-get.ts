import * as Quarantine from "@backline/core/quarantine"
import { http } from "./handler.ts"

/** GET /quarantine/{id} */
export const handler = http({ role: "editor", run: Quarantine.get })
