import * as Load from "@backline/core/load"
import { http } from "./handler.ts"

/** GET /loads */
export const handler = http({ role: "editor", run: Load.list })
