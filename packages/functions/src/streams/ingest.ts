import * as Ingest from "@backline/core/ingest"
import { onRecords } from "./on-records.ts"

/** Consumer of all three streams. */
export const handler = onRecords(Ingest.consume)
