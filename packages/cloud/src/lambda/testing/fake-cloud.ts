import { CallLog } from "../../calls.ts"
import { Clock } from "../../clock.ts"
import { type As, AwsError, type AwsRequest, type Cloud, type Lambda, type Resource, type Service } from "../../service.ts"

export interface RecordedCall {
  service: string
  operation: string
  resource: string
  body: any
  as?: As
  status: number
}

/** Answers calls of services that a test does not start. */
export type Answer = (operation: string, body: any, as?: As) => { status?: number; json?: unknown } | undefined

export interface FakeCloud extends Cloud {
  /** Moves cloud.now(); it stands still otherwise unless `ticking`. */
  advance(ms: number): void
  recorded: RecordedCall[]
  lines: { source: string; line: string }[]
  /** `kinesis:GetRecords` entries are refused to functions. */
  denied: Set<string>
  answers: Record<string, Answer>
  add(resource: Resource): Resource
  /** Starts a service and routes its calls. */
  use(service: Service): Promise<void>
  lambda: Lambda
}

const noLambda: Lambda = {
  invoke: () => Promise.reject(new Error("this test has no functions")),
  credentials: () => ({ accessKeyId: "ASIATEST", secretAccessKey: "secret" }),
}

const headersOf = (target: string): Record<string, string> => ({
  "x-amz-target": target,
  "content-type": "application/x-amz-json-1.1",
})

/** A cloud without endpoint and IAM: services are called directly, everything they do to it is recorded. */
export function fakeCloud(options: { now?: number; ticking?: boolean } = {}): FakeCloud {
  const resources: Resource[] = []
  const services = new Map<string, Service>()
  const base = options.now ?? Date.UTC(2030, 0, 1)
  const started = performance.now()
  const clock = new Clock(() => (options.ticking ? base + Math.round(performance.now() - started) : base))

  const cloud: FakeCloud = {
    account: "111122223333",
    region: "us-east-1",
    stage: "test",
    awsUrl: "http://127.0.0.1:1",
    now: clock.now,
    clock,
    calls: new CallLog(),
    lambda: noLambda,
    recorded: [],
    lines: [],
    denied: new Set(),
    answers: {},
    advance: (ms) => clock.advance(ms),
    add: (resource) => (resources.push(resource), resource),
    async use(service) {
      for (const name of service.names) services.set(name, service)
      await service.start?.(cloud)
    },
    resources: (type) => resources.filter((each) => type === undefined || each.type === type),
    find: (type, ref) => resources.find((each) => each.type === type && (each.identity.ref === ref || each.identity.arn === ref)),
    log: (source, line) => void cloud.lines.push({ source, line }),
    async call({ service, target = "", method = "POST", path = "/", body, headers = {}, as }) {
      const request: AwsRequest = {
        service,
        method,
        url: new URL(cloud.awsUrl + path),
        headers: { ...headersOf(target), ...headers },
        body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? {})),
        json: body,
        caller:
          typeof as === "string"
            ? { kind: "function", functionName: as, accessKeyId: "ASIATEST" }
            : { kind: "admin", accessKeyId: "admin" },
        requestId: "request-1",
        signal: new AbortController().signal,
      }
      const operation = target.slice(target.lastIndexOf(".") + 1)
      const done = (status: number, json: any, resource = "*") => {
        cloud.recorded.push({ service, operation, resource, body, as, status })
        return { status, headers: {}, body: Buffer.from(JSON.stringify(json ?? {})), json }
      }
      const engine = services.get(service)
      if (!engine) {
        const answer = cloud.answers[service]?.(operation, body, as)
        return done(answer?.status ?? 200, answer?.json ?? {})
      }
      try {
        const asked = engine.authorize(request, cloud)
        const resource = asked.access[0]?.resource
        if (as && asked.access.some(({ action }) => cloud.denied.has(action)))
          return done(
            400,
            { __type: "AccessDeniedException", message: `${String(as)} may not ${asked.access[0]!.action} on ${resource}` },
            resource,
          )
        const { status, body: text } = await engine.handle(request, asked.operation, cloud)
        return done(status, text ? JSON.parse(String(text)) : undefined, resource)
      } catch (thrown) {
        if (!(thrown instanceof AwsError)) throw thrown
        return done(thrown.status, { __type: thrown.code, message: thrown.message, ...thrown.members })
      }
    },
  }
  return cloud
}
