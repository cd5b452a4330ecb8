import * as Ingest from "@backline/core/ingest"
import { http } from "./handler.ts"

/** POST /events */
export const handler = http({ role: "editor", status: 202, run: Ingest.accept })
