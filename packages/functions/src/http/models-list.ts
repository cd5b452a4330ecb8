import * as Prediction from "@backline/core/prediction"
import { http } from "./handler.ts"

export const handler = http({ run: Prediction.list })
