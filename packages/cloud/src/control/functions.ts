import { json, type Route } from "./route.ts"

/** Every function of the templates with what it did since the start; those that never ran have zeroes. */
export const functions: Route = {
  method: "GET",
  path: "functions",
  answer(_, { calls, cloud }) {
    const ran = new Map(calls.invocations.list().map((record) => [record.function, record]))
    const items = cloud()
      .resources("AWS::Lambda::Function")
      .map(({ identity, properties }) => ({
        ...(ran.get(identity.ref) ?? { ...calls.invocations.none, function: identity.ref }),
        memoryMb: Number(properties.MemorySize ?? 128),
        timeoutMs: Number(properties.Timeout ?? 3) * 1_000,
      }))
    return json(200, { items })
  },
}
