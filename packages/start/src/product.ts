import { type CloudOptions, LocalCloud } from "@backline/cloud/cloud"
import { openAi } from "@backline/cloud/services/bedrock/openai/index"
import { planner } from "@backline/planner"
import { type DemoUser, demoUsers, renewing } from "./demo.ts"
import { leaveAddress } from "./run-file.ts"

/** The product on this machine: the local cloud with the offline planner as its model, and people to sign in as. */
export interface Product extends Pick<LocalCloud, "addresses" | "bootMs" | "cloud" | "lines" | "signal"> {
  users: DemoUser[]
  /** A valid access token of the first demo person, renewed before it ends. */
  token(): Promise<string>
  kill(part: string): number
  stop(): Promise<void>
}

/** Boots the checkout's stacks and makes its demo people. Throws one readable error, and leaves nothing running, when something cannot be. */
export async function startProduct(options: CloudOptions): Promise<Product> {
  const local = await LocalCloud.start({ model: openAi(process.env) ?? planner(), ...options })
  try {
    const { addresses, cloud } = local
    const users = await demoUsers(cloud, {
      poolId: local.one("AWS::Cognito::UserPool").identity.ref,
      clientId: addresses.clientId,
    })
    const address = await leaveAddress(options.root, { ...addresses, users })
    local.onStop(() => address.take())
    return Object.assign(local, { users, token: renewing(cloud, addresses.clientId, users) })
  } catch (error) {
    await local.stop()
    throw error
  }
}
