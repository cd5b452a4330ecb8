import { AwsError, type AwsRequest, type AwsResponse, type Service } from "../../service.ts"
import { type Answering, answering, type Wire } from "./answer.ts"
import type { Answer, Given } from "./operation.ts"

const isObject = (value: unknown): value is Given<string> => typeof value === "object" && value !== null && !Array.isArray(value)

function inputOf({ json }: AwsRequest): Given<string> {
  const input: unknown = json ?? {}
  if (!isObject(input)) throw new AwsError("SerializationException", "The body must be a JSON object.")
  return input
}

const writeJson = (version: "1.0" | "1.1", { output = {}, units }: Answer, { requestId }: AwsRequest): AwsResponse => ({
  status: 200,
  headers: { "content-type": `application/x-amz-json-${version}`, "x-amzn-requestid": requestId },
  body: typeof output === "string" ? output : JSON.stringify(output),
  units,
})

/** A member that is null is not given. */
const given = (input: Given<string>): string[] =>
  Object.entries(input).flatMap(([name, value]) => (value === null || value === undefined ? [] : [name]))

interface Options<Context> extends Answering<Context, Given<string>> {
  /** What `x-amz-target` has before the operation's name. */
  target: string
  version?: "1.0" | "1.1"
}

export const jsonWire = (target: string, version: "1.0" | "1.1" = "1.1"): Wire<Given<string>> => ({
  operation: ({ headers }) => headers["x-amz-target"]?.replace(`${target}.`, "") ?? "(none)",
  input: inputOf,
  given,
  write: (_, answer, request) => writeJson(version, answer, request),
})

/** A service that speaks AWS JSON: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export const jsonService = <Context>({
  target,
  version,
  ...service
}: Options<Context>): Pick<Service, "names" | "operations" | "protocol" | "authorize" | "handle"> => ({
  ...answering(service, jsonWire(target, version)),
  protocol: "json",
})
