import fc from "fast-check"
import { expect, test } from "vitest"
import { readForm } from "./form.ts"

test("forms as the platform writes them are read, whatever the fields and bytes", async () => {
  const name = fc.stringMatching(/^[a-z][a-z-]{0,10}$/).filter((text) => text !== "file")
  const value = fc.string().map((text) => text.replaceAll(/\r\n|\r|\n/g, "\r\n"))
  const filename = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => !/[\r\n\\/]/.test(text))
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, value, { noNullPrototype: true }),
      fc.uint8Array(),
      filename,
      async (fields, bytes, named) => {
        const form = new FormData()
        for (const [each, text] of Object.entries(fields)) form.append(each, text)
        form.append("file", new Blob([bytes]), named)
        form.append("after", "ignored")
        const response = new Response(form)
        const read = readForm(Buffer.from(await response.arrayBuffer()), response.headers.get("content-type")!)
        expect(Object.fromEntries(read.fields)).toEqual(fields)
        expect(read.file.equals(bytes)).toBe(true)
        expect(read.filename).toBe(named)
      },
    ),
  )
})
