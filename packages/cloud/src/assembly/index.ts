import { createHash } from "node:crypto"
import type { Identity, Place, Resource, ResourceType, Unnamed } from "../service.ts"
import { type Addresses, readdress } from "./addresses.ts"
import { inOrder } from "./order.ts"
import { sentence, unknownProperties } from "./properties.ts"
import { Resolver } from "./resolve.ts"
import { reviewed } from "./reviewed.ts"
import type { RawResource, Templates } from "./template.ts"

export interface Assembly {
  /** Resources with an engine, each after everything it refers to. */
  resources: Resource[]
  /** Resources without one, each with its reason. */
  idle: { stack: string; logicalId: string; type: string; reason: string }[]
}

/** A type's plugin; `Custom::*` types with a ServiceToken share the entry `AWS::CloudFormation::CustomResource`. */
export type TypeTable = (type: string) => ResourceType | undefined

const hash = (text: string) => createHash("sha256").update(text).digest()

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
const lettersOf = (text: string, length: number): string =>
  Array.from(hash(text).subarray(0, length), (byte) => LETTERS[byte % LETTERS.length]).join("")

/** Identities on demand: a resource's name may depend on another's, but never in a circle. */
class Names {
  private readonly made = new Map<string, Identity>()
  private readonly making = new Set<string>()
  private readonly raw: Map<string, RawResource>
  resolver!: Resolver

  constructor(
    templates: Templates,
    private readonly types: TypeTable,
    private readonly place: Place,
  ) {
    this.raw = new Map(templates.resources.map((resource) => [`${resource.stack}/${resource.logicalId}`, resource]))
  }

  ref(stack: string, logicalId: string): string | undefined {
    return this.raw.has(`${stack}/${logicalId}`) ? this.of(stack, logicalId).ref : undefined
  }

  attribute(stack: string, logicalId: string, name: string): string {
    const identity = this.of(stack, logicalId)
    const value = name === "Arn" ? (identity.attributes.Arn ?? identity.arn) : identity.attributes[name]
    const type = this.raw.get(`${stack}/${logicalId}`)?.type
    if (value === undefined) throw new Error(`NOT_SIMULATED: attribute ${name} of ${type} (${stack}/${logicalId}).`)
    return value
  }

  of(stack: string, logicalId: string): Identity {
    const id = `${stack}/${logicalId}`
    const known = this.made.get(id)
    if (known) return known
    const raw = this.raw.get(id)
    if (!raw) throw new Error(`${stack} refers to ${logicalId}, which it does not declare.`)
    if (this.making.has(id)) throw new Error(`The name of ${id} depends on itself.`)
    this.making.add(id)
    const identity = reviewed(raw) ? idle(raw, this.place) : this.identify(raw)
    this.making.delete(id)
    this.made.set(id, identity)
    return identity
  }

  private identify(raw: RawResource): Identity {
    const type = this.types(raw.type)
    if (!type)
      throw new Error(
        `NOT_SIMULATED: ${raw.type} (${raw.stack}/${raw.logicalId}). Give it an engine, or a line on the reviewed list.`,
      )
    const unnamed: Unnamed = {
      logicalId: raw.logicalId,
      stack: raw.stack,
      type: raw.type,
      property: (name) => this.resolver.value(raw.properties[name], raw.stack),
      hash: (length) => lettersOf(`${raw.stack}/${raw.logicalId}`, length),
      physicalName: ({ max = 64, lower = false } = {}) => {
        const tail = lettersOf(`${raw.stack}/${raw.logicalId}`, 12)
        const name = `${`${raw.stack}-${raw.logicalId}`.slice(0, max - 13)}-${lower ? tail : tail.toUpperCase()}`
        return lower ? name.toLowerCase() : name
      },
    }
    return type.identify(unnamed, this.place)
  }
}

/** What refers to a resource without an engine still gets a name. */
function idle(raw: RawResource, place: Place): Identity {
  const ref = `${raw.stack}-${raw.logicalId}`
  const arn = `arn:aws:local:${place.region}:${place.account}:${raw.type.replaceAll("::", "-").toLowerCase()}/${ref}`
  return { ref, arn, attributes: { Arn: arn, SubnetId: ref, GroupId: ref, VpcId: ref } }
}

/**
 * Templates → resources with every intrinsic resolved, in creation order. `addresses` is asked once, with the identities of
 * everything that listens. Throws one error that lists every type and property that is neither simulated nor on the reviewed list.
 */
export function assemble(
  templates: Templates,
  place: Place,
  types: TypeTable,
  addresses: (listening: { apis: { id: string; protocol: "HTTP" | "WEBSOCKET" }[]; sites: string[] }) => Addresses,
): Assembly {
  const missing = templates.resources.filter((raw) => !reviewed(raw) && !types(raw.type))
  const unsupported = [...new Set(missing.map((raw) => raw.type))].map((type) => `NOT_SIMULATED: ${type}`)
  if (unsupported.length > 0) throw new Error(unsupported.join("\n"))

  const names = new Names(templates, types, place)
  const plain = new Resolver(place, templates, names, (text) => text)
  names.resolver = plain
  const of = (type: string) => templates.resources.filter((raw) => raw.type === type)
  const where = readdress(
    place.region,
    addresses({
      apis: of("AWS::ApiGatewayV2::Api").map((raw) => ({
        id: names.of(raw.stack, raw.logicalId).ref,
        protocol: raw.properties.ProtocolType as "HTTP" | "WEBSOCKET",
      })),
      sites: of("AWS::CloudFront::Distribution").map((raw) => names.attribute(raw.stack, raw.logicalId, "DomainName")),
    }),
  )
  const resolver = new Resolver(place, templates, names, where)
  names.resolver = resolver

  const assembly: Assembly = { resources: [], idle: [] }
  const refused: string[] = []
  for (const raw of inOrder(templates)) {
    const { stack, logicalId, type } = raw
    const reason = reviewed(raw)
    if (reason) {
      assembly.idle.push({ stack, logicalId, type, reason })
      continue
    }
    const properties = resolver.value(raw.properties, stack) as Record<string, unknown>
    for (const path of unknownProperties(types(type)!, properties))
      refused.push(`NOT_SIMULATED: ${type}.${path} (${stack}/${logicalId})${sentence(types(type)!, path)}`)
    const metadata = resolver.value(raw.metadata, stack) as Record<string, unknown>
    assembly.resources.push({ stack, logicalId, type, properties, metadata, identity: names.of(stack, logicalId) })
  }
  if (refused.length > 0) throw new Error([...new Set(refused)].join("\n"))
  return assembly
}
