import * as Sales from "@backline/core/sales"
import { http } from "./handler.ts"

export const handler = http({ run: Sales.series })
