import { expect, it } from "vitest"
import { signIn } from "../../../packages/start/src/demo.ts"
import { until } from "../product.ts"
import { Socket } from "../support/socket.ts"
import { breaking, type World } from "./world.ts"

const MINUTE = 60_000

/** Everything that a session may do. */
export function sessions({ local }: World): void {
  const client = () => local().cloud.resources("AWS::Cognito::UserPoolClient")[0]!.identity.ref
  async function again(person: number): Promise<string> {
    const user = local().users[person]!
    return (user.accessToken = await signIn(local().cloud, client(), user.email, user.password))
  }

  it("renews a socket's token in band, and closes a socket that speaks after its token's end", async () => {
    await Promise.all([again(0), again(1)])
    const [renewed, ended] = [await Socket.open(local(), 0), await Socket.open(local(), 1)]
    // The sweep would find it first.
    const mend = await breaking(local(), "ConnectionSweep", "dynamodb", "Scan")
    for (let passed = 0; passed < 63; passed += 9) {
      local().cloud.clock.advance(9 * MINUTE)
      if (passed === 27) expect((await renewed.ask("auth.refresh", { token: await again(0) })).type).toBe("ack")
      for (const socket of [renewed, ended]) if (passed < 50) expect((await socket.ask("ping")).type).toBe("ack")
    }
    expect((await renewed.ask("ping")).type).toBe("ack")
    expect(await ended.ask("room.join", { room: "rom_x" })).toMatchObject({ type: "error", code: "auth.expired" })
    await until("the socket is closed", async () => ended.socket.readyState === ended.socket.CLOSED)
    await mend()
    renewed.close()
    await Promise.all([again(0), again(1)])
  })
}
