import * as Quarantine from "@backline/core/quarantine"
import { http } from "./handler.ts"

/** POST /quarantine/{id}/discard */
export const handler = http({ role: "editor", run: Quarantine.discard })
