import { expect, it } from "vitest"
import { requireRole, roomOfOwner, actingOwner, useUser, withActor } from "./actor.ts"

const room = "rom_01JZX3N6W0000000000000000A"

it("a room owns what it asks for, and is no person with a role", () => {
  withActor({ type: "room", room }, () => {
    expect(roomOfOwner(actingOwner())).toBe(room)
    expect(useUser).toThrow("Sign in first.")
    expect(() => requireRole("member")).toThrow("Sign in first.")
  })
})

it("a person owns what is theirs, and the system nothing", () => {
  withActor({ type: "user", userId: "ada", role: "admin" }, () => {
    expect(actingOwner()).toBe("ada")
    expect(roomOfOwner(actingOwner())).toBeUndefined()
  })
  expect(() => withActor({ type: "system" }, actingOwner)).toThrow("Sign in first.")
})
