import { join } from "node:path"
import { notSimulated } from "../endpoint/errors.ts"
import { Journal } from "../journal.ts"
import { type Access, AwsError, type AwsResponse, type Cloud, type Place, type Resource, type Service } from "../service.ts"
import { putOf, sealed } from "./ssm-put.ts"

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

const OPERATIONS = ["GetParameter", "GetParameters", "GetParametersByPath", "PutParameter"]
const PAGE = 10

/** Entries in the journal for each parameter, after which it is written anew. */
const SLACK = 10

/** SSM Parameter Store: the parameters of the templates and those that were put, read by name or path. */
export function ssm(): Service {
  const parameters = new Map<string, Parameter>()

  /** Put by hand, so in no template: these outlive the process. */
  const byHand = new Map<string, Parameter>()
  let journal: Journal<Parameter> | undefined
  let entries = 0
  let cloud: Cloud

  function keep(parameter: Parameter): void {
    parameters.set(parameter.Name, parameter)
    byHand.set(parameter.Name, parameter)
    journal?.append(parameter)
    if (++entries > SLACK * (byHand.size + SLACK)) {
      journal?.rewrite(byHand.values())
      entries = byHand.size
    }
  }

  function putByHand(json: Record<string, unknown>) {
    const before = find(String(json.Name))
    const put = putOf(json, before)
    const Version = (before?.Version ?? 0) + 1
    keep({ ...put, ARN: arnOf(cloud, put.Name), Version, LastModifiedDate: cloud.now() / 1000, DataType: "text" })
    return { Version, Tier: "Standard" }
  }

  const shown = (parameter: Parameter, { WithDecryption }: { WithDecryption?: boolean }): Parameter =>
    parameter.Type === "SecureString" && !WithDecryption ? { ...parameter, Value: sealed(parameter.Value) } : parameter

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

  function byPath(json: Record<string, any>) {
    const { Path = "/", Recursive = false, MaxResults = PAGE, NextToken } = json
    const prefix = Path.endsWith("/") ? Path : `${Path}/`
    const inside = [...parameters.values()]
      .filter(({ Name }) => Name.startsWith(prefix) && (Recursive || !Name.slice(prefix.length).includes("/")))
      .sort((a, b) => (a.Name < b.Name ? -1 : 1))
    const start = Number(NextToken ?? 0)
    const end = start + Math.min(MaxResults, PAGE)
    return {
      Parameters: inside.slice(start, end).map((each) => shown(each, json)),
      ...(end < inside.length && { NextToken: String(end) }),
    }
  }

  function answer(operation: string, json: any): unknown {
    if (operation === "GetParametersByPath") return byPath(json)
    if (operation === "PutParameter") return putByHand(json)
    if (operation === "GetParameters") {
      const names: string[] = json.Names ?? []
      const found = names.flatMap((name) => find(name) ?? [])
      return { Parameters: found.map((each) => shown(each, json)), InvalidParameters: names.filter((name) => !find(name)) }
    }
    const Parameter = find(String(json.Name))
    if (!Parameter) throw new AwsError("ParameterNotFound", "")
    return { Parameter: shown(Parameter, json) }
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
    async start(at) {
      cloud = at
      if (at.data === undefined) return
      journal = new Journal<Parameter>(join(at.data, "ssm", "parameters.jsonl"), (parameter) => {
        parameters.set(parameter.Name, parameter)
        byHand.set(parameter.Name, parameter)
        entries++
      })
    },
    async stop() {
      journal?.close()
    },
    state: () => [...parameters.keys()],
  }
}
