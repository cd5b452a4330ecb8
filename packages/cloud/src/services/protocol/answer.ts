import { notSimulated } from "../../endpoint/errors.ts"
import type { AwsError, AwsRequest, AwsResponse, Cloud, Service } from "../../service.ts"
import { checkMembers, type Strangers } from "./members.ts"
import type { Answer, Operations } from "./operation.ts"

/** What a service says of itself, whatever its protocol. */
export interface Answering<Context, Input> {
  /** Its signing name. */
  name: string
  operations: Operations<Context, Input>
  /** What its operations work on. */
  context(cloud: Cloud): Context
  strangers?: Strangers
  /** For the call log, where an operation says nothing of its own. */
  units?(request: AwsRequest): Record<string, number>
  /** The refusal of an operation that is not answered. */
  refuse?(operation: string): AwsError
}

/** How a protocol carries an operation's name, its input and its answer. */
export interface Wire<Input> {
  operation(request: AwsRequest): string
  input(request: AwsRequest): Input
  /** Names of the members that an input gives. */
  given(input: Input): Iterable<string>
  write(operation: string, answer: Answer, request: AwsRequest): AwsResponse
}

/** Finds the operation, refuses what it does not act on, asks what it needs, runs it and writes its answer: the same for every protocol. */
export function answering<Context, Input>(
  {
    name,
    operations,
    context,
    strangers,
    units,
    refuse = (operation) => notSimulated(name, operation),
  }: Answering<Context, Input>,
  wire: Wire<Input>,
): Pick<Service, "names" | "operations" | "authorize" | "handle"> {
  const callOf = (request: AwsRequest, cloud: Cloud) => ({
    ...context(cloud),
    input: wire.input(request),
    cloud,
    request,
    now: cloud.now(),
  })
  return {
    names: [name],
    operations: Object.keys(operations),
    authorize(request, cloud) {
      const operation = wire.operation(request)
      const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined
      if (!known) throw refuse(operation)
      const call = callOf(request, cloud)
      checkMembers(wire.given(call.input), known.members, `${name}.${operation}`, strangers)
      return { operation, access: known.access(call) }
    },
    async handle(request, operation, cloud) {
      const answer = await operations[operation]!.run(callOf(request, cloud))
      return wire.write(operation, { units: units?.(request), ...answer }, request)
    },
  }
}
