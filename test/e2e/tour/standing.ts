import { expect, it } from "vitest"
import { signIn } from "../../../packages/start/src/demo.ts"
import type { World } from "./world.ts"

/** Routes that anybody may call ask nobody. */
const PUBLIC = /^(?:GET \/health|OPTIONS |\$default)/

/** An administrator whose sign-in no function has seen: each route asks what they may do now, before it looks at what they send. */
export function standing({ local }: World): void {
  it("asks what an administrator may do now, on every route", async () => {
    const { cloud, addresses, users } = local()
    const { email, password } = users[0]!
    const keys = cloud
      .resources("AWS::ApiGatewayV2::Route")
      .filter(({ properties }) => properties.AuthorizationType === "JWT")
      .map(({ properties }) => String(properties.RouteKey))
      .filter((key) => !PUBLIC.test(key))
    expect(keys.length).toBeGreaterThan(30)
    for (const key of keys) {
      const [method, path = ""] = key.split(" ")
      const token = await signIn(cloud, addresses.clientId, email, password)
      const { status } = await fetch(`${addresses.http}${path.replaceAll(/\{\w+\+?\}/g, "nobody")}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: method === "GET" || method === "DELETE" ? undefined : "{}",
      })
      expect([key, status < 500]).toEqual([key, true])
    }
  })
}
