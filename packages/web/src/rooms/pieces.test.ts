import fc from "fast-check"
import { expect, test } from "vitest"
import { piecesOf } from "./pieces.ts"

const kinds = (text: string, names: string[] = []) =>
  piecesOf(text, names)
    .filter(({ kind }) => kind !== "text")
    .map(({ kind, text }) => [kind, text])

test("addresses are links without the full stop after them; nothing else is", () => {
  expect(kinds("see https://example.com/a?b=c#d. And (http://x.io/y)!")).toEqual([
    ["link", "https://example.com/a?b=c#d"],
    ["link", "http://x.io/y"],
  ])
  expect(kinds("javascript:alert(1) data:text/html,x ftp://a b@c.de www.example.com")).toEqual([])
})

test("the assistant and people are mentioned by name, the longest that fits, and an address of mail mentions nobody", () => {
  expect(kinds("@assistant, ask @Ada Lovelace and @Ada (not a@Ada)", ["Ada", "Ada Lovelace"])).toEqual([
    ["mention", "@assistant"],
    ["mention", "@Ada Lovelace"],
    ["mention", "@Ada"],
  ])
  expect(kinds("@assistants @nobody", ["Ada"])).toEqual([])
})

test("whatever the text and the names, the pieces joined are the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.string({ minLength: 1 })), (text, names) => {
      expect(
        piecesOf(text, names)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text)
    }),
  )
})

test("ends an address before what cannot be seen or turns the direction, so that none is shown as another", () => {
  for (const hidden of ["\u202e", "\u2066", "\u2069", "\u200b", "\u200f", "\u0000", "\ufeff"]) {
    const links = piecesOf(`https://good.example/${hidden}moc.live`, []).filter(({ kind }) => kind === "link")
    expect(links).toEqual([{ kind: "link", text: "https://good.example/" }])
  }
})
