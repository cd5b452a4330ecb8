import { SNSClient } from "@aws-sdk/client-sns"
import { deliveryCloud } from "../../delivery/testing.ts"
import { sns } from "./index.ts"

export * from "../../delivery/testing.ts"

type Given = Parameters<typeof deliveryCloud>

/** A cloud with SNS, SQS and functions that take events. */
export async function snsCloud(resources: Given[1], more?: Given[2]) {
  const running = await deliveryCloud([sns()], resources, more)
  return {
    ...running,
    sns: new SNSClient(running.as()),
    /** As a caller with the rights of that function only. */
    snsAs: (name: string) => new SNSClient(running.as(name)),
  }
}
