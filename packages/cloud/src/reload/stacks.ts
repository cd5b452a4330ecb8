import type { Assembly, TypeTable } from "../assembly/index.ts"
import { synthesize } from "../assembly/synth.ts"
import { readTemplates, type Templates } from "../assembly/template.ts"
import { checkTrust, compileResourcePolicies, compileRoles, type Evaluator, type ResourcePolicies } from "../iam/index.ts"
import type { LocalLambda } from "../lambda/runtime.ts"
import type { Cloud, Place } from "../service.ts"
import { type Applied, Apply } from "./apply.ts"
import { type Declared, declaredOf, differenceOf } from "./diff.ts"

export interface StackParts {
  root: string
  place: Place
  /** Templates → resources, with the addresses that this cloud has. */
  assemble(templates: Templates): Assembly
  assembly: Assembly
  types: TypeTable
  lambda: LocalLambda
  cloud(): Cloud
  roles: Map<string, Evaluator>
  /** From now on these decide for queues, buckets, topics and functions. */
  useResourcePolicies(policies: ResourcePolicies): void
  /** Gateways read routes and settings again. */
  gateways(): readonly { name: string; reload(): void }[]
  /** The folder of the newest synthesis: file assets are read from it. */
  synthesized(folder: string): void
}

export interface StacksReloaded extends Applied {
  functions: string[]
}

/** Brings what runs to what the stacks say now. */
export class Stacks {
  private readonly declared: Map<string, Declared>

  /** Before anything is provisioned: names may change then, and what is compared is what the templates say. */
  constructor(private readonly parts: StackParts) {
    this.declared = declaredOf(parts.assembly.resources)
  }

  /** Throws where the stacks do not synthesize, say something that is not simulated, or name handlers that do not bundle; then everything stays as it was. */
  async reload(): Promise<StacksReloaded> {
    const { root, place, types, lambda, assembly, roles } = this.parts
    const cloud = this.parts.cloud()
    const { folder } = await synthesize(root, place)
    const templates = await readTemplates(folder)
    const next = this.parts.assemble(templates)
    const difference = differenceOf(this.declared, next.resources)
    const running = assembly.resources.filter(({ type }) => type === "AWS::IAM::Role")
    const before = new Set(next.resources.map(({ identity }) => identity.arn))
    // Roles that go are asked until their functions are gone.
    const newer = compileRoles([...next.resources, ...running.filter(({ identity }) => !before.has(identity.arn))])
    checkTrust(next.resources)
    const resourcePolicies = compileResourcePolicies(next.resources)
    await lambda.code.rebuild([...new Set(Object.values(templates.handlers))])

    lambda.useHandlers(templates.handlers)
    this.parts.synthesized(folder)
    for (const [arn, evaluator] of newer) roles.set(arn, evaluator)
    this.parts.useResourcePolicies(resourcePolicies)
    cloud.calls.settle(next.resources)
    const applied = await new Apply({ assembly, types, cloud, declared: this.declared }, difference, next.resources).run()
    assembly.idle = next.idle
    for (const arn of roles.keys()) if (!newer.has(arn)) roles.delete(arn)

    const functions = await lambda.retireStale()
    for (const { name, reload } of this.parts.gateways()) {
      try {
        reload()
      } catch (thrown) {
        applied.restart.push(`${name} keeps its routes: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      }
    }
    await lambda.startSources().catch((thrown: unknown) => applied.restart.push(String(thrown)))
    return { ...applied, functions }
  }
}
