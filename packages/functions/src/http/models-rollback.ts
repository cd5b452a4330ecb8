import * as Prediction from "@backline/core/prediction"
import { http } from "./handler.ts"

/** POST /models/rollback: the model before this one answers from now on. */
export const handler = http({ role: "admin", run: Prediction.rollback })
