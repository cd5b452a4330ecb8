// Runs a TypeScript file of this repository in this very process: node scripts/run.mjs <file> [arguments]
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { ready, root } from "./ready.mjs"

ready()
const [file, ...rest] = process.argv.slice(2)
process.argv = [process.argv[0], resolve(root, file), ...rest]
const { register } = await import("tsx/esm/api")
register()
await import(pathToFileURL(resolve(root, file)).href)
