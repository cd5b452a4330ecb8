import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Resource } from "../../service.ts"
import { Streams } from "../../services/kinesis/index.ts"
import { createLambda, type LambdaOptions, type LocalLambda } from "../runtime.ts"
import { fakeCloud, type FakeCloud } from "./fake-cloud.ts"

export const resource = (
  type: string,
  logicalId: string,
  properties: object,
  identity: Partial<Resource["identity"]> = {},
): Resource => ({
  logicalId,
  stack: "stack",
  type,
  properties,
  identity: { ref: logicalId, attributes: {}, ...identity },
})

export const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:111122223333:function:${name}`
export const ROLE = "arn:aws:iam::111122223333:role/handler"

export interface World {
  cloud: FakeCloud
  lambda: LocalLambda
  streams: Streams
  root: string
  /** Declares a function whose handler is the export `handler` of the file of the same name. */
  declare(name: string, properties?: object): Promise<void>
  provision(resource: Resource): Promise<void>
  stop(): Promise<void>
}

/** A cloud whose functions are the given files (name → TypeScript source). */
export async function world(
  files: Record<string, string>,
  { data, ...options }: Partial<LambdaOptions> & { data?: string } = {},
): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), "backline-lambda-"))
  for (const [name, source] of Object.entries(files)) await writeFile(join(root, `${name}.ts`), source)
  const handlers = Object.fromEntries(Object.keys(files).map((name) => [`stack/${name}`, `${name}.handler`]))
  const streams = new Streams()
  const lambda = createLambda({ root, handlers, streams, minify: false, ...options })
  const cloud = fakeCloud({ now: Date.now(), ticking: true })
  cloud.lambda = lambda
  cloud.data = data
  await cloud.use(lambda.service)
  await lambda.ready

  async function provision(made: Resource) {
    cloud.add(made)
    await lambda.service.types[made.type]!.provision?.(made, cloud)
  }
  return {
    cloud,
    lambda,
    streams,
    root,
    provision,
    declare: (name, properties = {}) =>
      provision(
        resource(
          "AWS::Lambda::Function",
          name,
          { Handler: "index.handler", Runtime: "nodejs22.x", Role: ROLE, Timeout: 5, MemorySize: 256, ...properties },
          { arn: arnOf(name) },
        ),
      ),
    async stop() {
      await lambda.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Waits until `check` answers something truthy. */
export async function eventually<T>(check: () => T | undefined | false, ms = 8_000): Promise<T> {
  for (const end = performance.now() + ms; ;) {
    const value = check()
    if (value) return value
    if (performance.now() > end) throw new Error("It did not happen in time.")
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
