import { notSimulated } from "../endpoint/errors.ts"
import { type Access, AwsError, type AwsResponse, type Cloud, type Place, type Resource, type Service } from "../service.ts"

interface Parameter {
  Name: string
  Type: string
  Value: string
  ARN: string
  Version: number
  LastModifiedDate: number
  DataType: "text"
}

/** A name with or without its leading slash is one ARN: `parameter/a/b`. */
const arnOf = ({ region, account }: Place, name: string) =>
  name.startsWith("arn:") ? name : `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`

const OPERATIONS = ["GetParameter", "GetParameters", "GetParametersByPath"]
const PAGE = 10

/** SSM Parameter Store: the parameters of the templates, read by name or path. */
export function ssm(): Service {
  const parameters = new Map<string, Parameter>()

  const find = (name: string) => parameters.get(name) ?? [...parameters.values()].find(({ ARN }) => ARN === name)

  async function put({ identity, properties }: Resource, { now }: Pick<Cloud, "now">): Promise<void> {
    const { Type, Value } = properties as { Type: string; Value: string }
    parameters.set(identity.ref, {
      Name: identity.ref,
      Type,
      Value: String(Value),
      ARN: identity.arn!,
      Version: (parameters.get(identity.ref)?.Version ?? 0) + 1,
      LastModifiedDate: now() / 1000,
      DataType: "text",
    })
  }

  function byPath({ Path = "/", Recursive = false, MaxResults = PAGE, NextToken }: Record<string, any>) {
    const prefix = Path.endsWith("/") ? Path : `${Path}/`
    const inside = [...parameters.values()]
      .filter(({ Name }) => Name.startsWith(prefix) && (Recursive || !Name.slice(prefix.length).includes("/")))
      .sort((a, b) => (a.Name < b.Name ? -1 : 1))
    const start = Number(NextToken ?? 0)
    const end = start + Math.min(MaxResults, PAGE)
    return { Parameters: inside.slice(start, end), ...(end < inside.length && { NextToken: String(end) }) }
  }

  function answer(operation: string, json: any): unknown {
    if (operation === "GetParametersByPath") return byPath(json)
    if (operation === "GetParameters") {
      const names: string[] = json.Names ?? []
      return { Parameters: names.flatMap((name) => find(name) ?? []), InvalidParameters: names.filter((name) => !find(name)) }
    }
    const Parameter = find(String(json.Name))
    if (!Parameter) throw new AwsError("ParameterNotFound", "")
    return { Parameter }
  }

  function accessOf(operation: string, json: any, place: Place): Access[] {
    const action = `ssm:${operation}`
    if (operation === "GetParameters")
      return (json?.Names ?? []).map((name: string) => ({ action, resource: arnOf(place, name) }))
    const name = operation === "GetParametersByPath" ? json?.Path : json?.Name
    if (typeof name !== "string") throw new AwsError("ValidationException", "Name or Path is missing.")
    return [{ action, resource: arnOf(place, name) }]
  }

  return {
    names: ["ssm"],
    operations: OPERATIONS,
    protocol: "json",
    types: {
      "AWS::SSM::Parameter": {
        simulated: ["Name", "Type", "Value"],
        ignored: {
          Description: "a text for people",
          Tags: "no policy reads tags",
          Tier: "a matter of price",
          AllowedPattern: "checked by CloudFormation",
          DataType: "checked by CloudFormation",
        },
        identify(parameter, place) {
          const ref: string = parameter.property("Name") ?? parameter.physicalName({ max: 1_011 })
          return {
            ref,
            arn: arnOf(place, ref),
            attributes: { Type: parameter.property("Type"), Value: parameter.property("Value") },
          }
        },
        provision: put,
        update: (resource, _, cloud) => put(resource, cloud),
        async remove({ identity }) {
          parameters.delete(identity.ref)
        },
      },
    },
    authorize(request, place) {
      const operation = request.headers["x-amz-target"]?.replace("AmazonSSM.", "") ?? "(none)"
      if (!OPERATIONS.includes(operation)) throw notSimulated("ssm", operation)
      return { operation, access: accessOf(operation, request.json, place) }
    },
    handle: async (request, operation): Promise<AwsResponse> => ({
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.1" },
      body: JSON.stringify(answer(operation, request.json)),
    }),
    state: () => [...parameters.keys()],
  }
}
