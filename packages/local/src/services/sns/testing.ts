import { SNSClient } from "@aws-sdk/client-sns"
import { deliveryCloud } from "../../delivery/testing.ts"
import { sns } from "./index.ts"

export * from "../../delivery/testing.ts"

type Parameters_ = Parameters<typeof deliveryCloud>

/** A cloud with SNS, SQS and functions that take events. */
export async function snsCloud(resources: Parameters_[1], more?: Parameters_[2]) {
  const running = await deliveryCloud([sns()], resources, more)
  return {
    ...running,
    sns: new SNSClient(running.as()),
    /** As a caller with the rights of that function only. */
    snsAs: (name: string) => new SNSClient(running.as(name)),
  }
}
