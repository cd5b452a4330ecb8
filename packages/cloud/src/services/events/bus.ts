import { AwsError, type Place } from "../../service.ts"
import type { Rule } from "./rule.ts"

export const busArn = ({ region, account }: Place, name: string): string =>
  `arn:aws:events:${region}:${account}:event-bus/${name}`

/** A bus is named by name or ARN; without one it is `default`. */
export const busName = (reference: unknown): string =>
  reference === undefined || reference === null || reference === "" ? "default" : String(reference).split("/").at(-1)!

/** `rule/<name>` on the default bus, `rule/<bus>/<name>` on another. */
export const ruleArn = ({ region, account }: Place, bus: string, name: string): string =>
  `arn:aws:events:${region}:${account}:rule/${bus === "default" ? "" : `${bus}/`}${name}`

/** The buses of one cloud with their rules. */
export class Buses {
  private readonly byName = new Map<string, Map<string, Rule>>([["default", new Map()]])

  create(name: string): void {
    if (!this.byName.has(name)) this.byName.set(name, new Map())
  }

  remove(name: string): void {
    for (const rule of this.byName.get(name)?.values() ?? []) rule.callOff()
    this.byName.delete(name)
  }

  names(): string[] {
    return [...this.byName.keys()]
  }

  has(name: string): boolean {
    return this.byName.has(name)
  }

  rules(name: string): Map<string, Rule> {
    const rules = this.byName.get(name)
    if (!rules) throw new AwsError("ResourceNotFoundException", `Event bus ${name} does not exist.`)
    return rules
  }

  rule(bus: string, name: string): Rule {
    const rule = this.rules(bus).get(name)
    if (!rule) throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus ${bus}.`)
    return rule
  }

  find(arn: string): Rule | undefined {
    return this.all().find((rule) => rule.arn === arn)
  }

  all(): Rule[] {
    return [...this.byName.values()].flatMap((rules) => [...rules.values()])
  }
}
