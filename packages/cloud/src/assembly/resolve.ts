import type { Place } from "../service.ts"
import type { Templates } from "./template.ts"

/** What intrinsics ask for: the identity of a resource in a stack. */
export interface Identities {
  ref(stack: string, logicalId: string): string | undefined
  attribute(stack: string, logicalId: string, name: string): string
}

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value)

/** Resolves what a template says into what CloudFormation would hand the service. An intrinsic it does not know is refused by name. */
export class Resolver {
  constructor(
    private readonly place: Place,
    private readonly templates: Templates,
    private readonly identities: Identities,
    /** Applied to every resolved text: public addresses become local ones. */
    private readonly readdress: (text: string) => string,
  ) {}

  /** The value with every intrinsic below it resolved. `AWS::NoValue` becomes undefined and falls out of its object or list. */
  value(value: unknown, stack: string): any {
    if (typeof value === "string") return this.readdress(value)
    if (Array.isArray(value)) return value.map((item) => this.value(item, stack)).filter((item) => item !== undefined)
    if (!isNode(value)) return value
    const keys = Object.keys(value)
    const key = keys[0]
    if (keys.length === 1 && key !== undefined && (key === "Ref" || key.startsWith("Fn::"))) {
      const resolved = this.intrinsic(key, value[key], stack)
      return typeof resolved === "string" ? this.readdress(resolved) : resolved
    }
    const entries = keys.map((name) => [name, this.value(value[name], stack)] as const)
    return Object.fromEntries(entries.filter(([, resolved]) => resolved !== undefined))
  }

  private intrinsic(name: string, argument: any, stack: string): unknown {
    switch (name) {
      case "Ref":
        return this.ref(String(argument), stack)
      case "Fn::GetAtt": {
        const [id, attribute] = typeof argument === "string" ? split(argument) : argument
        return this.identities.attribute(stack, id, this.value(attribute, stack))
      }
      case "Fn::Join":
        return (this.value(argument[1], stack) as unknown[]).join(argument[0])
      case "Fn::Sub":
        return this.sub(argument, stack)
      case "Fn::Select":
        return (this.value(argument[1], stack) as unknown[])[Number(this.value(argument[0], stack))]
      case "Fn::Split":
        return String(this.value(argument[1], stack)).split(argument[0])
      case "Fn::GetAZs":
        return ["a", "b", "c"].map((letter) => `${this.place.region}${letter}`)
      case "Fn::ImportValue": {
        const exported = this.templates.exports.get(this.value(argument, stack))
        if (!exported) throw new Error(`No stack exports ${String(this.value(argument, stack))}, which ${stack} imports.`)
        return this.value(exported.value, exported.stack)
      }
      case "Fn::If":
        return this.value(this.condition(argument[0], stack) ? argument[1] : argument[2], stack)
      case "Fn::Base64":
        return Buffer.from(String(this.value(argument, stack))).toString("base64")
      default:
        throw new Error(`NOT_SIMULATED: intrinsic ${name} in ${stack}.`)
    }
  }

  private ref(name: string, stack: string): unknown {
    const pseudo: Record<string, unknown> = {
      "AWS::AccountId": this.place.account,
      "AWS::Region": this.place.region,
      "AWS::Partition": "aws",
      "AWS::URLSuffix": "amazonaws.com",
      "AWS::StackName": stack,
      "AWS::StackId": `arn:aws:cloudformation:${this.place.region}:${this.place.account}:stack/${stack}/local`,
      "AWS::NoValue": undefined,
    }
    if (name in pseudo) return pseudo[name]
    const parameters = this.templates.parameters.get(stack) ?? {}
    if (name in parameters) return parameters[name]
    const resolved = this.identities.ref(stack, name)
    if (resolved === undefined) throw new Error(`${stack} refers to ${name}, which it does not declare.`)
    return resolved
  }

  private sub(argument: string | [string, Node], stack: string): string {
    const [text, variables] = typeof argument === "string" ? [argument, {}] : argument
    return text.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal) return `\${${name}}`
      if (name in variables) return String(this.value(variables[name], stack))
      if (!name.includes(".") || name.startsWith("AWS::")) return String(this.ref(name, stack))
      return this.identities.attribute(stack, ...split(name)) ?? whole
    })
  }

  private condition(condition: unknown, stack: string): boolean {
    if (typeof condition === "string") return this.condition((this.templates.conditions.get(stack) ?? {})[condition], stack)
    const [name, argument] = Object.entries(condition as Node)[0] ?? []
    const parts = argument as unknown[]
    if (name === "Fn::Equals") return this.value(parts[0], stack) === this.value(parts[1], stack)
    if (name === "Fn::Not") return !this.condition(parts[0], stack)
    if (name === "Fn::And") return parts.every((part) => this.condition(part, stack))
    if (name === "Fn::Or") return parts.some((part) => this.condition(part, stack))
    if (name === "Condition") return this.condition(argument, stack)
    throw new Error(`NOT_SIMULATED: condition function ${String(name)} in ${stack}.`)
  }
}

const split = (name: string): [string, string] => {
  const dot = name.indexOf(".")
  return [name.slice(0, dot), name.slice(dot + 1)]
}
