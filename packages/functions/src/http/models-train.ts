import { train } from "@backline/core/prediction/train"
import { http } from "./handler.ts"

/** POST /models/train: what the schedule does, now; the answer says what it came to. */
export const handler = http({ role: "admin", run: train })
