import { EventBridgeClient } from "@aws-sdk/client-eventbridge"
import { deliveryCloud } from "../../delivery/testing.ts"
import { events } from "./index.ts"

export * from "../../delivery/testing.ts"

export const ruleNamed = (name: string): string => `arn:aws:events:us-east-1:123456789012:rule/${name}`
export const PRINCIPAL = "events.amazonaws.com"

type Given = Parameters<typeof deliveryCloud>

/** A cloud with EventBridge, SQS and functions that take events, besides the given services. */
export async function eventsCloud(resources: Given[1], more?: Given[2], services: Given[0] = []) {
  const bus = events()
  const running = await deliveryCloud([...services, bus], resources, more)
  return {
    ...running,
    bus,
    events: new EventBridgeClient(running.as()),
    eventsAs: (name: string) => new EventBridgeClient(running.as(name)),
  }
}
