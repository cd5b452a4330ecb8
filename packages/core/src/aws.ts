import { documentClient } from "./dynamo/client.ts"
import { lazily } from "./lazily.ts"
import { objectClient } from "./s3/index.ts"
import { queueClient } from "./sqs/index.ts"

/** Clients of what every function calls, with all their bounds in one place; they sign for themselves (docs/adr/0006-hot-handlers-sign-their-own-calls.md). The SDK's are in sdk.ts. */
export const dynamo = /* @__PURE__ */ lazily(() => documentClient(5_000))
export const sqs = /* @__PURE__ */ lazily(() => queueClient(5_000))

/** Whole objects, up to some megabytes. */
export const s3 = /* @__PURE__ */ lazily(() => objectClient(15_000))
