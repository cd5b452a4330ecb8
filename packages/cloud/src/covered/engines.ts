import { join } from "node:path"
import { engines } from "../engines.ts"
import { Sockets } from "../gateway/index.ts"
import { createLambda } from "../lambda/runtime.ts"
import type { Service } from "../service.ts"
import { Streams } from "../services/kinesis/index.ts"

/** Every engine of the local cloud, to be looked at; none of them runs. */
export function everyEngine(root: string): Service[] {
  const streams = new Streams()
  const bundles = join(root, ".backline", "engines")
  const lambda = createLambda({ root, handlers: {}, streams, bundles })
  return engines({ assembly: () => "", streams, sockets: new Sockets(), lambda })
}
