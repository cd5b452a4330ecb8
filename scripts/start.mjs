// npm start [-- --json --port n --quiet-data]
import { pathToFileURL } from "node:url"
import { join } from "node:path"
import { bundled } from "./bundled.mjs"
import { ready, root } from "./ready.mjs"

ready()
await import(pathToFileURL(await bundled(join(root, "packages/start/src/main.ts"))).href)
