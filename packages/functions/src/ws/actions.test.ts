import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { type Group, NAMES } from "./action.ts"
import { ACTION_NAMES, actionOf, GROUPS } from "./actions.ts"

it.each(Object.keys(NAMES) as Group[])("finds the actions of %s under their names, and no others", async (group) => {
  expect(Object.keys(await GROUPS[group]()).sort()).toEqual([...NAMES[group]].sort())
})

it("knows each name once, and none that objects bring along", async () => {
  expect(new Set(ACTION_NAMES).size).toBe(Object.values(NAMES).flat().length)
  for (const name of ["toString", "__proto__", "room", "", undefined, 1]) expect(await actionOf(name, {})).toBeUndefined()
})

it("is described to those who write a client of their own", () => {
  const text = readFileSync(new URL("../../../../docs/socket.md", import.meta.url), "utf8")
  expect(ACTION_NAMES.filter((name) => name !== "ping" && !text.includes(`\`${name} {`))).toEqual([])
})
