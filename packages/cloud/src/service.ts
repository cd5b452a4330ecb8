import type { Identity, Resource } from "./resource.ts"
import type { CallLog } from "./calls.ts"
import type { ResourcePolicy } from "./iam/evaluator.ts"
import type { Clock } from "./clock.ts"

export type { Identity, Resource }

/** A resource whose identity is being made: properties are resolved one by one, on demand, so cycles through names never bite. */
export interface Unnamed {
  logicalId: string
  stack: string
  type: string
  /** The resolved value of one property, or undefined. */
  property(name: string): any
  /** A stable physical name as CloudFormation would make one: `<stack>-<logicalId>-<hash>`, cut to `max`, made lower-case on request. */
  physicalName(options?: { max?: number; lower?: boolean }): string
  /** Stable pseudo-random letters and digits for ids such as an API's. */
  hash(length: number): string
}

/** What a resource type is, here. A property that is neither simulated nor ignored makes the boot refuse by name. */
export interface ResourceType {
  /** Properties this engine acts on. A nested property is written with dots (`Policy.Statement`), everything below it counts. */
  simulated: readonly string[]
  /** Properties that need no engine on a laptop, each with the reason. */
  ignored?: Readonly<Record<string, string>>
  /** Properties that are refused with a sentence beside their name: what to do instead. */
  refused?: Readonly<Record<string, string>>
  identify(resource: Unnamed, cloud: Place): Identity
  /** Makes the resource exist. Runs after every identity is known; resources of one service run in template order. */
  provision?(resource: Resource, cloud: Cloud): Promise<void>
  /** Properties of a running resource changed in its stack. Rejects by name for what only a restart can change; without it, any change needs one. */
  update?(resource: Resource, previous: Resource, cloud: Cloud): Promise<void>
  /** The resource is in its stack no more. Without it, it stays until a restart. */
  remove?(resource: Resource, cloud: Cloud): Promise<void>
}

/** Who calls: a function (by its role), another role of the templates (COPY reads as the warehouse's), an AWS service on behalf of a resource, or the administrator (any other access key). */
export interface Caller {
  kind: "function" | "role" | "service" | "admin"
  /** Access key id of the request; undefined for unsigned calls. */
  accessKeyId?: string
  functionName?: string
  /** The signature stands in the URL. Any page can write one, and of all services S3 alone verifies it: elsewhere it permits nothing. */
  signedInUrl?: boolean
  /** ARN of the role whose policies decide. */
  roleArn?: string
  /** Of a service: `sns.amazonaws.com`; the resource's policy decides. */
  principal?: string
  /** Of a service: the resource on whose behalf it calls (`aws:SourceArn`). */
  sourceArn?: string
  /** Of a role: the name of its session; a function's is its own name. */
  session?: string
}

/** One AWS request after the envelope was read. */
export interface AwsRequest {
  /** Signing name of the service: `dynamodb`, `s3`, `sqs`, `kinesis`, `redshift-data`, `bedrock`, `execute-api`, `cognito-idp`, `sts`, `ssm`, … */
  service: string
  method: string
  /** Path with its query string as received. */
  url: URL
  headers: Record<string, string>
  body: Buffer
  /** Parsed body of JSON protocols (1.0, 1.1 and REST-JSON), parsed once. */
  json?: any
  caller: Caller
  requestId: string
  /** Aborted when the client went away. */
  signal: AbortSignal
}

export interface AwsResponse {
  status: number
  headers?: Record<string, string>
  /** A stream is written piece by piece as it comes (ConverseStream, large objects). */
  body?: Buffer | string | AsyncIterable<Uint8Array>
  /** Units for the call log: RRU, WRU, bytes, tokens … */
  units?: Record<string, number>
  /** Aborting it breaks the connection, before the answer or in the middle of it. What answers says then what a caller in process gets. */
  cut?: AbortSignal
}

/** What a request needs in IAM terms. Each access must be allowed on its own. */
export interface Access {
  /** `kinesis:PutRecords` */
  action: string
  /** ARN of the resource, or `*` for actions without resource-level permission. */
  resource: string
  context?: Record<string, string | string[]>
}

/** An AWS error as its client reads it. `code` is the exception's name. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    /** Modelled members beside the message. */
    readonly members: Record<string, unknown> = {},
    /** Of the response, besides those of its protocol. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

/** A plugin: which resource types it owns, how it starts, which operations it answers, and what each needs in IAM terms. */
export interface Service {
  /** Signing names it answers (usually one). */
  names: readonly string[]
  /** Every operation it answers, by the name that `authorize` gives it; none where it owns resource types only. */
  operations?: readonly string[]
  types: Readonly<Record<string, ResourceType>>
  /** Wire protocol, which decides how errors are written. */
  protocol: "json" | "rest-json" | "rest-xml" | "query"
  start?(cloud: Cloud): Promise<void>
  /** The operation's name and the accesses to check before `handle` runs. Throws AwsError for what is not an operation here. */
  authorize(request: AwsRequest, cloud: Cloud): { operation: string; access: Access[] }
  handle(request: AwsRequest, operation: string, cloud: Cloud): Promise<AwsResponse>
  /** Writes an error where the protocol alone does not say how. */
  writeError?(error: AwsError, request: AwsRequest): AwsResponse
  /** The policy that calls gave one of its resources, which takes the place of the templates'; undefined where those count. */
  policyOf?(arn: string): ResourcePolicy | undefined
  /** Everything that the templates declare exists: what an earlier run left to do may go on. */
  ready?(): void
  /** What pages of other origins may do, where the service has a say in it (a bucket's CORS rules). */
  browser?: {
    preflight(request: AwsRequest, cloud: Cloud): AwsResponse
    /** Headers of an answer to a page. */
    headers(request: AwsRequest, cloud: Cloud): Record<string, string>
  }
  /** Figures for GET /_local/state. */
  state?(): unknown
  stop?(): Promise<void>
}

/** Where the cloud pretends to be. */
export interface Place {
  account: string
  region: string
  stage: string
  secrets?: Secrets
}

/** What no page can guess, though it knows the stacks. The same for every run on one data folder. */
export interface Secrets {
  /** Keys of functions and signed links are made with it. */
  keys: string
  /** Names of queues are made with it; empty in a data folder whose queues had their names before. */
  names: string
}

export interface InvokeResult {
  /** What the handler returned, or undefined when it failed. */
  payload: any
  /** Set when the handler threw, timed out or crashed: as Lambda reports it. */
  error?: { errorType: string; errorMessage: string; stackTrace?: string[] }
  requestId: string
}

/** The Lambda service as the other services see it. */
export interface Lambda {
  /**
   * Runs a function by name or ARN (a version or alias suffix is accepted) and waits for its result; events of one `source` wait for one another where
   * workers are few, not those of others for them. Throws AwsError TooManyRequestsException when its reserved concurrency is used up.
   */
  invoke(function_: string, event: unknown, source?: string): Promise<InvokeResult>
  /** The credentials the function's own environment carries, for calls that the runtime makes as the function's role. */
  credentials(functionName: string): { accessKeyId: string; secretAccessKey: string }
  /** Milliseconds so far in which a handler stood at a debugger's breakpoint: limits of time leave them out. */
  pausedMs?(): number
}

/** Who makes a call in process: a function by its name, a role by its ARN, or an AWS service on behalf of a resource. */
export type As = string | { role: string; session?: string } | { service: string; sourceArn: string }

/** The running local cloud, as services see it. */
export interface Cloud extends Place {
  /** `http://127.0.0.1:<port>`: the one address of all AWS APIs. */
  awsUrl: string
  /** Epoch milliseconds of `clock`; it may be moved, so nobody calls Date.now() for behaviour. */
  now(): number
  clock: Clock
  /** Resolves when what was saved before now is what runs; only gateways ask, before they look at a request. */
  settled?(): Promise<void>
  /** Folder in which engines keep what shall outlive this run, each below its own name; undefined for a fresh start. */
  data?: string
  calls: CallLog
  lambda: Lambda
  /** All resources of a type, or all. */
  resources(type?: string): Resource[]
  /** The resource with this ARN or physical id of that type. */
  find(type: string, ref: string): Resource | undefined
  /** Makes an AWS call in process, authorized and logged like one that came over the wire. `as` names who calls; without it, the administrator. */
  call(request: {
    service: string
    target?: string
    method?: string
    path?: string
    body?: unknown
    headers?: Record<string, string>
    as?: As
    /** Aborted when the caller went away; a long poll then takes nothing more. */
    signal?: AbortSignal
  }): Promise<{ status: number; headers: Record<string, string>; body: Buffer; json: any }>
  /** One line to the terminal or the log file; `source` is a service or function name. */
  log(source: string, line: string): void
}
