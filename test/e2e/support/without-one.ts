import type { Product } from "../../../packages/start/src/product.ts"
import type { Resource } from "../../../packages/cloud/src/service.ts"

/** The policies of a role, each once without one of its statements. */
export function* withoutOne(
  local: Product,
  role: Resource,
): Generator<{ statement: string; actions: string[]; resources: Resource[] }> {
  const attached = local.cloud
    .resources("AWS::IAM::Policy")
    .filter(({ properties }) => properties.Roles.includes(role.identity.ref))
  for (const policy of attached) {
    const { PolicyDocument: document, PolicyName } = policy.properties
    for (const [index, removed] of document.Statement.entries()) {
      const Statement = document.Statement.filter((_: unknown, at: number) => at !== index)
      const changed = { ...policy, properties: { ...policy.properties, PolicyDocument: { ...document, Statement } } }
      const resources = [role, ...attached.filter((each) => each !== policy), changed]
      yield { statement: `${PolicyName}#${removed.Sid ?? index}`, actions: [removed.Action].flat(), resources }
    }
  }
}
