import * as Concert from "@backline/core/concert"
import { http } from "./handler.ts"

export const handler = http({ run: Concert.get })
