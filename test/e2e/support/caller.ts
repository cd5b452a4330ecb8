import type { Product } from "../../../packages/start/src/product.ts"
import type { Call } from "../../../packages/cloud/src/call.ts"
import { clientOf, resourceOf } from "./cloud.ts"

/** A function as AWS sees it when it calls: who it is, and settings for a client with its keys. */
export function functionCaller(local: Product, logicalId: string) {
  const { identity, properties } = resourceOf(local, "AWS::Lambda::Function", logicalId)
  const role = String(properties.Role).split("/").at(-1)
  return {
    name: identity.ref,
    settings: { ...clientOf(local, local.cloud.lambda.credentials(identity.ref)), maxAttempts: 1 },
    roleArn: String(properties.Role),
    assumedRole: `arn:aws:sts::${local.cloud.account}:assumed-role/${role}/${identity.ref}`,
  }
}

/** The newest call of a function in GET /_local/calls. */
export async function lastCallOf(local: Product, functionName: string, service: string): Promise<Call | undefined> {
  let newest: Call | undefined
  for (let since = 0; ;) {
    const response = await fetch(`${local.cloud.awsUrl}/_local/calls?since=${since}&limit=5000`)
    const { items } = (await response.json()) as { items: Call[] }
    const last = items.at(-1)
    if (!last) return newest
    newest = items.findLast((call) => call.caller === functionName && call.service === service) ?? newest
    since = last.n
  }
}
