import * as Run from "@backline/core/run"
import { http } from "./handler.ts"

/** GET /runs/{id}?after=n: the log of a run. */
export const handler = http({ run: Run.events })
