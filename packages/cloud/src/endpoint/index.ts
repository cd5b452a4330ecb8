import type { ControlRequest } from "./control-request.ts"
import type { CallLog } from "../calls.ts"
import { recordCoverage } from "../covered/record.ts"
import type { Faults } from "../faults/index.ts"
import type { Evaluator, ResourcePolicies } from "../iam/index.ts"
import type { AwsResponse, Caller, Cloud, Place, Service } from "../service.ts"
import { inProcess } from "./in-process.ts"
import { listenOn } from "./listen.ts"
import { pipeline } from "./pipeline.ts"
import { serve } from "./serve.ts"

export interface EndpointOptions {
  services: readonly Service[]
  /** Role ARN → its compiled policies (`compileRoles`). Asked at every call, so it may be filled after listen(). */
  roles: { get(roleArn: string): Evaluator | undefined }
  /** ARN of a resource → its own compiled policy (`compileResourcePolicies`). */
  resourcePolicies?: ResourcePolicies
  /** Access key id → function. Asked at every call. A key that is not in it is the administrator's. */
  credentials: { get(accessKeyId: string): Caller | undefined }
  calls: CallLog
  /** What shall go wrong, if anything. */
  faults?: Faults
  place: Place
  /** Answers `/_local/*`; without it those paths are 404. */
  control?(request: ControlRequest): Promise<AwsResponse>
  /** The cloud's other addresses (`http://127.0.0.1:3000`) whose pages may call. Its own serves objects of anybody, so its pages may not. */
  origins?(): readonly string[]
  /** Paths that are answered without a signature, and by whom. Default: `/<pool>/.well-known/…` by cognito-idp, `/sns/…` by sns. */
  unsignedPaths?: readonly { pattern: RegExp; service: string }[]
}

export interface Endpoint {
  /** Binds 127.0.0.1 (0 = a free port) and resolves to `http://127.0.0.1:<port>`. Calls before attach() get 503. */
  listen(port: number): Promise<string>
  /** The cloud that services get; its `call` may be this endpoint's. */
  attach(cloud: Cloud): void
  /** `Cloud.call`: same authorization and log as over the wire. */
  call: Cloud["call"]
  close(): Promise<void>
}

const UNSIGNED_PATHS = [
  { pattern: /^\/[^/]+\/\.well-known\//, service: "cognito-idp" },
  // Key and unsubscribe link of notifications.
  { pattern: /^\/sns\//, service: "sns" },
] as const

/**
 * The one address of all AWS APIs. Boot order: `createEndpoint(…)` → `await listen(port)` gives `awsUrl` → identities are
 * resolved → fill `roles` and `credentials` → `attach(cloud)` → start and provision services (their own calls work now).
 */
export function createEndpoint(options: EndpointOptions): Endpoint {
  let cloud: Cloud | undefined
  const { faults, services, calls } = options
  const folder = process.env.BACKLINE_COVERAGE
  const endCoverage = folder ? recordCoverage(folder, services, calls) : () => {}
  const answer = pipeline({ ...options, services: faults ? services.map((service) => faults.around(service)) : services })
  const listener = listenOn(
    serve({
      ...options,
      unsignedPaths: options.unsignedPaths ?? UNSIGNED_PATHS,
      answer,
      browser: options.services.find(({ names }) => names.includes("s3"))?.browser,
      cloud: () => cloud,
      address: () => listener.address(),
    }),
  )
  return {
    listen: listener.listen,
    attach: (running) => void (cloud = running),
    call: inProcess(options, answer, () => cloud),
    close() {
      endCoverage()
      return listener.close()
    },
  }
}
