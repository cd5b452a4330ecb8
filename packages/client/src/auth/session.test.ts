import { expect, test } from "vitest"
import { NewPasswordRequired } from "./cognito.ts"
import { createSession } from "./session.ts"

const pool = { issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc", clientId: "client" }

function world(kept?: string) {
  const items = new Map(kept ? [["backline.refresh", kept]] : [])
  const calls: { url: string; target: string; body: Record<string, any> }[] = []
  const time = { now: 1_000_000 }
  const server = { challenge: false, weak: false, refuse: false, down: false, wait: Promise.resolve() }
  const session = createSession({
    pool,
    store: {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    },
    now: () => time.now,
    fetch: (async (url: string, init: RequestInit) => {
      const target = new Headers(init.headers).get("x-amz-target")!
      calls.push({ url, target, body: JSON.parse(String(init.body)) as Record<string, any> })
      await server.wait
      if (server.down) throw new TypeError("fetch failed")
      if (server.refuse) return Response.json({ __type: "NotAuthorizedException", message: "no" }, { status: 400 })
      if (server.challenge && target.endsWith(".InitiateAuth"))
        return Response.json({ ChallengeName: "NEW_PASSWORD_REQUIRED", Session: "s1", ChallengeParameters: {} })
      if (server.weak) return Response.json({ __type: "InvalidPasswordException", message: "Longer, please." }, { status: 400 })
      const refreshing = (JSON.parse(String(init.body)) as { AuthFlow?: string }).AuthFlow === "REFRESH_TOKEN_AUTH"
      return Response.json({
        AuthenticationResult: {
          AccessToken: `access${calls.length}`,
          ExpiresIn: 3600,
          RefreshToken: refreshing ? undefined : "refresh",
        },
      })
    }) as typeof fetch,
  })
  return { session, calls, items, time, server }
}

test("signing in posts to the origin of the issuer and keeps only the refresh token", async () => {
  const { session, calls, items } = world()
  await session.signIn("a@b.c", "secret")
  expect(calls[0]).toMatchObject({
    url: "https://cognito-idp.eu-west-1.amazonaws.com/",
    target: "AWSCognitoIdentityProviderService.InitiateAuth",
    body: { AuthFlow: "USER_PASSWORD_AUTH", ClientId: "client", AuthParameters: { USERNAME: "a@b.c", PASSWORD: "secret" } },
  })
  expect([...items]).toEqual([["backline.refresh", "refresh"]])
  expect(await session.getToken()).toBe("access1")
  expect(calls).toHaveLength(1)
})

test("a password from an administrator leads to one of the person's own, which may be tried again", async () => {
  const { session, calls, items, server } = world()
  server.challenge = true
  const challenge = await session.signIn("a@b.c", "temporary").catch((error: unknown) => error)
  expect(challenge).toBeInstanceOf(NewPasswordRequired)
  expect([session.state, items.size]).toEqual(["out", 0])
  server.weak = true
  await expect(session.choosePassword(challenge as NewPasswordRequired, "short")).rejects.toMatchObject({
    code: "input.password",
    message: "Longer, please.",
  })
  server.weak = false
  await session.choosePassword(challenge as NewPasswordRequired, "long enough")
  expect(calls.at(-1)).toMatchObject({
    target: "AWSCognitoIdentityProviderService.RespondToAuthChallenge",
    body: {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: "s1",
      ChallengeResponses: { USERNAME: "a@b.c", NEW_PASSWORD: "long enough" },
    },
  })
  expect([session.state, [...items]]).toEqual(["in", [["backline.refresh", "refresh"]]])
})

test("calls that need a new token at the same time share one refresh", async () => {
  const { session, calls } = world("kept")
  expect(session.state).toBe("unknown")
  const tokens = await Promise.all([
    session.getToken(),
    session.getToken({ fresh: true }),
    session.getToken(),
    session.getToken(),
  ])
  expect(new Set(tokens)).toEqual(new Set(["access1"]))
  expect(calls).toHaveLength(1)
  expect(session.state).toBe("in")
})

test("a token is renewed before it ends", async () => {
  const { session, calls, time } = world("kept")
  await session.getToken()
  time.now += 3_550_000
  expect(await session.getToken()).toBe("access2")
  expect(calls).toHaveLength(2)
})

test("a refused refresh ends the session; a network that is down does not", async () => {
  const { session, server, items } = world("kept")
  server.down = true
  await expect(session.getToken()).rejects.toMatchObject({ code: "unavailable.network" })
  expect(items.size).toBe(1)
  server.down = false
  server.refuse = true
  await expect(session.getToken()).rejects.toMatchObject({ code: "auth.refused" })
  expect(items.size).toBe(0)
  expect(session.state).toBe("out")
})

test("signing out revokes the refresh token, and a refresh under way brings nothing back", async () => {
  const { session, calls, items, server } = world("kept")
  let answer = () => {}
  server.wait = new Promise((resolve) => (answer = resolve))
  const late = session.getToken().catch((error: unknown) => error)
  const out = session.signOut()
  answer()
  await out
  expect(await late).toMatchObject({ code: "auth.required" })
  expect(session.state).toBe("out")
  expect(items.size).toBe(0)
  expect(calls.at(-1)).toMatchObject({ target: "AWSCognitoIdentityProviderService.RevokeToken", body: { Token: "kept" } })
})
