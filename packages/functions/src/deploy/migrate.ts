import { migrate } from "@backline/core/warehouse/migrate"
import { onStackEvent } from "./on-stack-event.ts"

/** Brings the warehouse's schema up to date while the stack is deployed; a failure rolls the deployment back. */
export const handler = onStackEvent("warehouse-migrations", async () => {
  const { applied } = await migrate()
  return { Applied: applied.join(",") }
})
