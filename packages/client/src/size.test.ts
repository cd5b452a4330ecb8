import { gzipSync } from "node:zlib"
import { build } from "esbuild"
import { expect, test } from "vitest"

async function bundle(entry: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL(entry, import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    external: ["yjs", "y-protocols/*"],
  })
  return { bytes: gzipSync(outputFiles[0]!.contents).length, inputs: Object.keys(metafile.inputs) }
}

test("the client weighs less than 15 KB minified and compressed, and brings nothing along", async () => {
  const main = await bundle("./index.ts")
  const documents = await bundle("./documents/index.ts")
  console.log(`client: ${main.bytes} bytes; documents, without Yjs: ${documents.bytes} bytes`)
  expect(main.bytes).toBeLessThan(15 * 1024)
  expect([...main.inputs, ...documents.inputs].filter((path) => !path.startsWith("packages/client/src/"))).toEqual([])
})
