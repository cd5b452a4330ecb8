import type { Cloud, Resource, ResourceType } from "../../service.ts"
import { type Buses, busArn, busName, ruleArn } from "./bus.ts"
import { Rule } from "./rule.ts"

const busType = (buses: Buses): ResourceType => ({
  simulated: ["Name"],
  ignored: {
    Description: "text for people",
    KmsKeyIdentifier: "events stay on this machine",
    Tags: "tags decide nothing here",
  },
  identify(resource, place) {
    const ref = String(resource.property("Name") ?? resource.physicalName({ max: 256 }))
    const arn = busArn(place, ref)
    return { ref, arn, attributes: { Arn: arn, Name: ref } }
  },
  provision: async ({ identity }) => buses.create(identity.ref),
  update: async () => {},
  remove: async ({ identity }) => buses.remove(identity.ref),
})

function ruleType(buses: Buses, place: (rule: Rule) => void): ResourceType {
  async function provision({ identity, properties: p }: Resource, cloud: Cloud) {
    const bus = busName(p.EventBusName)
    if (p.ScheduleExpression !== undefined && bus !== "default")
      throw new Error(`${identity.ref}: ScheduleExpression is supported only on the default event bus.`)
    const rule = new Rule(
      {
        name: identity.attributes.Name!,
        arn: identity.arn!,
        busArn: busArn(cloud, bus),
        pattern: typeof p.EventPattern === "string" ? JSON.parse(p.EventPattern) : p.EventPattern,
        schedule: p.ScheduleExpression,
        enabled: p.State !== "DISABLED",
        description: p.Description,
        roleArn: p.RoleArn,
      },
      cloud.now(),
    )
    rule.aim(p.Targets ?? [])
    place(rule)
  }
  return {
    simulated: ["Name", "EventBusName", "EventPattern", "ScheduleExpression", "State", "Targets"],
    ignored: {
      Description: "text for people",
      RoleArn: "targets name their own roles",
      Tags: "tags decide nothing here",
    },
    /** `Ref` is the name on the default bus, `<bus>|<name>` on another: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html */
    identify(resource, where) {
      const name = String(resource.property("Name") ?? resource.physicalName({ max: 64 }))
      const bus = busName(resource.property("EventBusName"))
      const arn = ruleArn(where, bus, name)
      return { ref: bus === "default" ? name : `${bus}|${name}`, arn, attributes: { Arn: arn, Name: name } }
    },
    provision,
    update: (resource, _, cloud) => provision(resource, cloud),
    async remove({ identity, properties }) {
      const rules = buses.rules(busName(properties.EventBusName))
      rules.get(identity.attributes.Name!)?.callOff()
      rules.delete(identity.attributes.Name!)
    },
  }
}

export const eventsTypes = (buses: Buses, place: (rule: Rule) => void): Record<string, ResourceType> => ({
  "AWS::Events::EventBus": busType(buses),
  "AWS::Events::Rule": ruleType(buses, place),
})
