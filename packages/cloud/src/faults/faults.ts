import { errorResponse } from "../endpoint/errors.ts"
import { noted } from "../endpoint/note.ts"
import { type Access, AwsError, type AwsRequest, type AwsResponse, type Caller, type Cloud, type Service } from "../service.ts"
import { failure } from "./errors.ts"
import { isBatch, partly } from "./partial.ts"
import { random } from "./random.ts"
import { type Fault, MAX_FAULTS } from "./schema.ts"
import { cutStream, isStreamed, truncated } from "./streams.ts"

/** A fault as it stands: which calls it has looked at, and how many it has hit. */
interface Standing {
  id: string
  fault: Fault
  random: () => number
  matched: number
  hits: number
}

/** How long a stall holds a caller that never gives up. */
const LONGEST_STALL_MS = 15 * 60_000
/** How long it holds a caller in process, which cannot give up. */
const IN_PROCESS_STALL_MS = 30_000

const nameOf = ({ functionName, principal, roleArn }: Caller): string => functionName ?? principal ?? roleArn ?? "admin"

/** Kinds that need something to break off from. */
function applies({ kind }: Fault, service: string, operation: string): boolean {
  if (kind === "partial") return isBatch(service, operation) || isStreamed(service, operation)
  return kind !== "stream-cut" || isStreamed(service, operation)
}

/** The faults of one local cloud. They act after IAM has allowed a call, where AWS's own do. */
export class Faults {
  private standing: Standing[] = []
  private made = 0

  /** Adds faults; the first one that fits a call hits it. Throws RangeError where there would be too many. */
  add(faults: readonly Fault[]): { id: string }[] {
    const active = this.standing.filter(({ fault, hits }) => hits < (fault.times ?? Infinity))
    if (active.length + faults.length > MAX_FAULTS)
      throw new RangeError(`There are ${active.length} faults and at most ${MAX_FAULTS} fit: delete some first.`)
    if (this.standing.length + faults.length > MAX_FAULTS) this.standing = active
    const added = faults.map((fault) => ({
      id: `fault-${++this.made}`,
      fault,
      random: random(fault.seed),
      matched: 0,
      hits: 0,
    }))
    this.standing.push(...added)
    return added.map(({ id }) => ({ id }))
  }

  list(): (Fault & { id: string; matched: number; hits: number })[] {
    return this.standing.map(({ id, fault, matched, hits }) => ({ id, ...fault, matched, hits }))
  }

  /** Removes one fault, or all; false where there is none of that id. */
  remove(id?: string): boolean {
    const before = this.standing.length
    this.standing = id === undefined ? [] : this.standing.filter((each) => each.id !== id)
    return id === undefined || this.standing.length < before
  }

  /** The service as it is with faults in its way. */
  around(service: Service): Service {
    return {
      names: service.names,
      types: service.types,
      protocol: service.protocol,
      authorize: (request, cloud) => service.authorize(request, cloud),
      handle: (request, operation, cloud) => {
        const hit = this.standing.length > 0 ? this.hit(service, request, operation, cloud) : undefined
        if (!hit) return service.handle(request, operation, cloud)
        noted(request, { fault: hit.fault.kind })
        return act(hit, service, request, operation, cloud)
      },
    }
  }

  private hit(service: Service, request: AwsRequest, operation: string, cloud: Cloud): Standing | undefined {
    let access: Access[] | undefined
    for (const each of this.standing) {
      const { fault } = each
      if (fault.service !== request.service || (fault.op !== undefined && fault.op !== operation)) continue
      if (!applies(fault, request.service, operation) || each.hits >= (fault.times ?? Infinity)) continue
      const { function: name, resource, body } = fault.match ?? {}
      if (name !== undefined && !nameOf(request.caller).includes(name)) continue
      if (body !== undefined && !request.body.includes(body)) continue
      if (resource !== undefined) {
        access ??= service.authorize(request, cloud).access
        if (!access.some((of) => of.resource.includes(resource))) continue
      }
      each.matched++
      if (fault.rate < 1 && each.random() >= fault.rate) continue
      each.hits++
      return each
    }
    return undefined
  }
}

/** Until `ms` have passed on the cloud's clock, or the client gives up. */
function waited(cloud: Cloud, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true })
    const off = cloud.clock.alarm(cloud.now() + ms, resolve)
    signal.addEventListener("abort", off, { once: true })
  })
}

/** The connection breaks; a caller in process, who has none, is told that the service is unavailable. */
const broken = (service: Service, request: AwsRequest, operation: string): AwsResponse => ({
  ...errorResponse(service.protocol, failure("unavailable", request, operation), request),
  cut: AbortSignal.abort(),
})

async function act(
  { fault, random: draw }: Standing,
  service: Service,
  request: AwsRequest,
  operation: string,
  cloud: Cloud,
): Promise<AwsResponse> {
  const handle = (of: AwsRequest = request) => service.handle(of, operation, cloud)
  const error = () => failure(fault.status === 503 ? "unavailable" : "internal", request, operation, fault.code)
  switch (fault.kind) {
    case "throttle":
      throw failure("throttle", request, operation, fault.code)
    case "error":
      throw error()
    case "delay":
      await waited(cloud, fault.ms ?? 0, request.signal)
      return handle()
    case "stall":
      await waited(cloud, fault.ms ?? (isInProcess(request) ? IN_PROCESS_STALL_MS : LONGEST_STALL_MS), request.signal)
      return broken(service, request, operation)
    case "reset":
      return broken(service, request, operation)
    case "commit-then-fail": {
      const answer = await handle()
      if (answer.status >= 300) return answer
      if (fault.ending === "error") throw error()
      return broken(service, request, operation)
    }
    case "partial":
      if (isStreamed(request.service, operation)) return truncated(await handle())
      return partly(request, operation, { share: fault.share, random: draw }, handle)
    case "stream-cut":
      return cutStream(await handle(), fault)
    default:
      throw new AwsError("InternalFailure", `No fault is called ${String(fault.kind satisfies never)}.`, 500)
  }
}

/** Requests over the wire name the host they were sent to. */
const isInProcess = ({ headers }: AwsRequest): boolean => headers.host === undefined
