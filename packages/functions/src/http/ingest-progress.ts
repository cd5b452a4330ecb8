import * as Ingest from "@backline/core/ingest"
import { http } from "./handler.ts"

/** GET /ingest/progress */
export const handler = http({ role: "member", run: () => Ingest.progress() })
