import { join } from "node:path"
import * as esbuild from "esbuild"
import { expect, it } from "vitest"
import { idOf, stage } from "./templates.ts"

/** SST's own: its stage and app, its marker, and what `nodejs.sourcemap` asks of Node. */
const OF_SST = new Set(["SST_APP", "SST_STAGE", "SST_SSM_PREFIX", "NODE_OPTIONS", "AWS_NODEJS_CONNECTION_REUSE_ENABLED"])

/** The text of each handler's file with all that it reaches, once esbuild has dropped the rest. */
async function textsOf(files: readonly string[]): Promise<Map<string, string>> {
  const { outputFiles } = await esbuild.build({
    entryPoints: files.map((file) => ({ in: join(process.cwd(), file), out: file.replaceAll("/", "__").replace(/\.ts$/, "") })),
    outdir: "out",
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    external: ["@aws-sdk/*"],
    logLevel: "silent",
  })
  return new Map(
    outputFiles.map(({ path, text }) => [path.split("/").at(-1)!.replace(/\.js$/, ".ts").replaceAll("__", "/"), text]),
  )
}

it("no function is given a variable that its code never reads", async () => {
  const { functions, handlers } = await stage("dev")
  const fileOf = (each: (typeof functions)[number]) => handlers[idOf(each)]!.replace(/\.[^.]+$/, ".ts")
  const texts = await textsOf([...new Set(functions.map(fileOf))])
  const idle = functions.flatMap((each) => {
    const { Variables = {} } = (each.properties.Environment ?? {}) as { Variables?: object }
    /** The schema of config names all; what is read is named once more. */
    const text = texts.get(fileOf(each))!.replace(/^var SCHEMA\d* = \{[\s\S]*?^\};/m, "")
    const names = Object.keys(Variables).filter((name) => !OF_SST.has(name))
    return names.filter((name) => !text.includes(`"${name}"`)).map((name) => `${idOf(each)} ${name}`)
  })
  expect(idle).toEqual([])
})
