import { expect, test } from "vitest"
import type { Resource } from "../service.ts"
import { declaredOf, differenceOf, isIgnored, nameOf } from "./diff.ts"

const resource = (logicalId: string, properties: Record<string, any>, more: Partial<Resource> = {}): Resource => ({
  logicalId,
  stack: "stack",
  type: "AWS::SQS::Queue",
  properties,
  identity: { ref: logicalId, attributes: {} },
  ...more,
})

test("a template is compared by logical id: what is new, what changed and in which properties, what goes, what would be another thing", () => {
  const running = [
    resource("A", { x: 1, y: { z: [1] } }),
    resource("B", {}),
    resource("C", {}),
    resource("D", {}),
    resource("Same", {}),
  ]
  const next = [
    resource("New", {}),
    resource("A", { y: { z: [2] }, w: 3 }),
    resource("C", {}, { type: "AWS::SNS::Topic" }),
    resource("D", {}, { identity: { ref: "renamed", attributes: {} } }),
    resource("Same", {}),
  ]
  const { added, changed, replaced, removed } = differenceOf(declaredOf(running), next)
  expect(added.map(({ logicalId }) => logicalId)).toEqual(["New"])
  expect(changed.map(({ next, keys }) => [next.logicalId, keys])).toEqual([["A", ["x", "y", "w"]]])
  expect(replaced.map(({ logicalId }) => logicalId)).toEqual(["C", "D"])
  expect(removed.map(({ logicalId }) => logicalId)).toEqual(["B"])
})

test("a name that a running resource got later, and its live properties, are not what the next template is compared with", () => {
  const made = resource("A", { list: [1] })
  const declared = declaredOf([made])
  made.identity.ref = "given-by-its-function"
  made.properties.list.push(2)
  expect(differenceOf(declared, [resource("A", { list: [1] })])).toEqual({ added: [], changed: [], replaced: [], removed: [] })
})

test("properties without an engine need no update", () => {
  const type = { simulated: ["x"], ignored: { Description: "text" }, identify: () => ({ ref: "", attributes: {} }) }
  expect(isIgnored(type, ["Description", "Tags"])).toBe(true)
  expect(isIgnored(type, ["Description", "x"])).toBe(false)
})

test("people read a route by its key and other resources by their logical id without its hash", () => {
  expect(nameOf(resource("R", { RouteKey: "GET /health" }, { type: "AWS::ApiGatewayV2::Route" }))).toBe("route GET /health")
  expect(nameOf(resource("Health02A586CD", {}, { type: "AWS::Lambda::Function" }))).toBe("function Health")
})
