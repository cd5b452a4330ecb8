import type { Assembly, TypeTable } from "../assembly/index.ts"
import type { Cloud, Resource } from "../service.ts"
import { type Declared, type Difference, idOf, isIgnored, nameOf } from "./diff.ts"
import { THROUGH_API } from "./through-api.ts"

/** What became of a change. */
export interface Applied {
  /** `added route GET /health`, `changed function Health (Environment, Timeout)`, `removed …` */
  changes: string[]
  /** What only a restart can do, each with its reason. */
  restart: string[]
}

/** Types whose addresses and servers are made at the start. */
const AT_START = new Set(["AWS::ApiGatewayV2::Api", "AWS::CloudFront::Distribution", "AWS::RedshiftServerless::Namespace"])

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

interface Parts {
  assembly: Assembly
  types: TypeTable
  cloud: Cloud
  /** What runs, as it was declared; kept up to date here. */
  declared: Map<string, Declared>
}

/** Makes what runs what newer templates declare, as far as that goes without losing anything; the rest is said by name and stays as it was. */
export class Apply {
  private readonly applied: Applied = { changes: [], restart: [] }

  constructor(
    private readonly parts: Parts,
    private readonly difference: Difference,
    /** All resources of the newer templates, in the order in which they are made. */
    private readonly next: readonly Resource[],
  ) {}

  async run(): Promise<Applied> {
    const { added, changed, replaced, removed } = this.difference
    const added_ = new Set(added)
    const changedKeys = new Map(changed.map(({ next, keys }) => [next, keys]))
    const gone = removed.flatMap((each) => this.running(each) ?? [])
    this.arrange(gone)
    for (const resource of this.next) {
      const keys = changedKeys.get(resource)
      if (added_.has(resource)) await this.add(resource)
      else if (replaced.includes(resource)) await this.replace(resource)
      else if (keys) await this.change(resource, keys)
    }
    for (const resource of gone.toReversed()) await this.remove(resource)
    return this.applied
  }

  private running(resource: Pick<Resource, "stack" | "logicalId">): Resource | undefined {
    return this.parts.assembly.resources.find((each) => idOf(each) === idOf(resource))
  }

  /** The list that engines look things up in: everything new stands in it before the first is made, and what goes stands in it to the end. */
  private arrange(gone: readonly Resource[]): void {
    const { resources } = this.parts.assembly
    const live = new Map(resources.map((each) => [idOf(each), each]))
    const arranged = this.next.map((each) => live.get(idOf(each)) ?? each)
    resources.splice(0, resources.length, ...arranged, ...gone)
  }

  private drop(resource: Resource): void {
    const { resources } = this.parts.assembly
    const index = resources.findIndex((each) => idOf(each) === idOf(resource))
    if (index >= 0) resources.splice(index, 1)
    this.parts.declared.delete(idOf(resource))
  }

  private declare(resource: Resource, ref = resource.identity.ref): void {
    const { stack, logicalId, type, properties, metadata } = resource
    this.parts.declared.set(idOf(resource), {
      stack,
      logicalId,
      type,
      ref,
      properties: structuredClone(properties),
      metadata: structuredClone(metadata),
    })
  }

  private needsRestart(resource: Resource, why: string): void {
    this.applied.restart.push(`${resource.type} ${resource.logicalId}: ${why}`)
  }

  private async add(resource: Resource): Promise<void> {
    const { types, cloud } = this.parts
    const { ref } = resource.identity
    if (AT_START.has(resource.type)) {
      this.drop(resource)
      return this.needsRestart(resource, "it gets its address at a start.")
    }
    try {
      await types(resource.type)?.provision?.(resource, cloud)
      this.declare(resource, ref)
      this.applied.changes.push(`added ${nameOf(resource)}`)
    } catch (thrown) {
      this.drop(resource)
      this.needsRestart(resource, `it could not be made: ${messageOf(thrown)}`)
    }
  }

  private async change(next: Resource, keys: readonly string[]): Promise<void> {
    const { types, cloud, declared } = this.parts
    const type = types(next.type)!
    const live = this.running(next)!
    const { ref } = declared.get(idOf(next))!
    const previous = { ...live }
    live.properties = next.properties
    live.metadata = next.metadata
    const update = type.update?.bind(type) ?? THROUGH_API[next.type]
    try {
      // A type without `provision` keeps nothing: whoever needs the resource reads it when it is needed.
      const isRead = !type.provision && !AT_START.has(next.type)
      if (update && !isIgnored(type, keys)) await update(live, previous, cloud)
      else if (!isRead && !isIgnored(type, keys) && !READ_BY_GATEWAYS.has(next.type))
        throw new Error(`${keys.join(", ")} changed, which takes effect at a start.`)
      this.declare(live, ref)
      if (!isIgnored(type, keys)) this.applied.changes.push(`changed ${nameOf(live)} (${keys.join(", ")})`)
    } catch (thrown) {
      live.properties = previous.properties
      live.metadata = previous.metadata
      this.needsRestart(live, messageOf(thrown))
    }
  }

  /** Only what holds nothing that could be lost. */
  private async replace(next: Resource): Promise<void> {
    const { types, cloud } = this.parts
    const live = this.running(next)!
    const before = types(live.type)
    const isLight = !before?.provision || before.remove !== undefined
    if (!isLight || AT_START.has(live.type) || AT_START.has(next.type))
      return this.needsRestart(live, `it would be replaced by ${next.identity.ref}, and what it holds would be lost.`)
    try {
      await before?.remove?.(live, cloud)
      const { resources } = this.parts.assembly
      resources.splice(resources.indexOf(live), 1, next)
      const { ref } = next.identity
      await types(next.type)?.provision?.(next, cloud)
      this.declare(next, ref)
      this.applied.changes.push(`replaced ${nameOf(next)}`)
    } catch (thrown) {
      this.needsRestart(next, `it could not be replaced: ${messageOf(thrown)}`)
    }
  }

  private async remove(resource: Resource): Promise<void> {
    const { types, cloud } = this.parts
    const type = types(resource.type)
    if ((type?.provision && !type.remove) || AT_START.has(resource.type))
      return this.needsRestart(resource, "it is in the stacks no more and stays, with what it holds, until then.")
    try {
      await type?.remove?.(resource, cloud)
      this.drop(resource)
      this.applied.changes.push(`removed ${nameOf(resource)}`)
    } catch (thrown) {
      this.needsRestart(resource, `it could not be removed: ${messageOf(thrown)}`)
    }
  }
}

/** Kept by gateways, which read their types again after every change. */
const READ_BY_GATEWAYS = new Set(["AWS::ApiGatewayV2::Api", "AWS::CloudFront::Distribution"])
