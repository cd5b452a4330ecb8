import fc from "fast-check"
import { expect, test } from "vitest"
import { type Element, readXml, xml } from "./xml.ts"

const read = (text: string): Element => readXml(Buffer.from(text))

test("elements, entities, comments and CDATA are read", () => {
  const root = read(
    '<?xml version="1.0"?>\n<!-- c --><a:Root xmlns:a="x"><b:Key x="1">a&amp;b&#x1F3BB;&#65;<![CDATA[<&>]]></b:Key><Empty/></a:Root>\n',
  )
  expect(root.name).toBe("Root")
  expect(root.children).toEqual([
    { name: "Key", text: "a&b\u{1F3BB}A<&>", children: [] },
    { name: "Empty", text: "", children: [] },
  ])
})

test.each([
  "",
  "<a>",
  "<a></b>",
  "<a></a><b/>",
  "text",
  "<a>&unknown;</a>",
  "<a>& b</a>",
  "<!DOCTYPE a><a/>",
  "<a></a>text",
  "</a>",
  "<a>&#x110000;</a>",
])("%j is malformed", (text) => {
  expect(() => read(text)).toThrow("not well-formed")
})

test("what is written is read again, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab &<>\"'\r\n\t\u0001\u001F;#é\u{1F3BB}]") }), (text) => {
      expect(read(xml("Root", { Key: text })).children[0]!.text).toBe(text)
    }),
  )
})
