import * as Run from "@backline/core/run"
import { http } from "./handler.ts"

export const handler = http({ run: Run.stop })
