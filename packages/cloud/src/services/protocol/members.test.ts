import { expect, test } from "vitest"
import { Form } from "./form.ts"
import { checkMembers, IGNORED, type Strangers } from "./members.ts"

const refusal = (given: string[], strangers?: Strangers) => {
  try {
    checkMembers(given, ["Name"], "sns.CreateTopic", strangers)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

test("a member that an operation does not act on is refused by name, with the reason where there is one", () => {
  expect(refusal(["Name"])).toBeUndefined()
  expect(refusal(["Name", "Colour"])).toMatch(/^NOT_SIMULATED: sns\.CreateTopic\.Colour: /)
  expect(refusal(["Tags"], { refused: { Tags: "leave them out." } })).toBe("NOT_SIMULATED: sns.CreateTopic.Tags: leave them out.")
})

test("where AWS passes over what it does not know, only what it knows is refused", () => {
  const strangers = { refused: { Tags: "leave them out." }, others: IGNORED }
  expect(refusal(["Colour"], strangers)).toBeUndefined()
  expect(refusal(["Tags"], strangers)).toContain("sns.CreateTopic.Tags")
})

test("the members of a form are its first names, without the protocol's and a signature's", () => {
  const fields = ["Action", "Version", "X-Amz-Date", "Signature", "Name", "Attributes.entry.1.key", "Attributes.entry.1.value"]
  expect([...new Form(new Map(fields.map((name) => [name, ""]))).members()]).toEqual(["Name", "Attributes"])
})
