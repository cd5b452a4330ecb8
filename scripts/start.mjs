// npm start [-- --json --port n --quiet-data]
import { pathToFileURL } from "node:url"
import { join } from "node:path"
import { ready, root } from "./ready.mjs"

ready()
const { register } = await import("tsx/esm/api")
register()
await import(pathToFileURL(join(root, "packages/start/src/main.ts")).href)
