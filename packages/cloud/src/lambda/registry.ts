import { AwsError, type Caller, type Cloud, type Resource } from "../service.ts"
import { credentialsOf, type FunctionSpec, readFunctionRef } from "./function.ts"

/** What an invocation runs: a function and the version its qualifier stands for. */
export interface Target {
  spec: FunctionSpec
  /** `$LATEST` or a number. */
  version: string
  /** ARN as it was called, with its qualifier. */
  invokedArn: string
}

/** The functions, versions and aliases that the templates declare. */
export class Registry {
  private readonly functions = new Map<string, FunctionSpec>()
  private readonly versions = new Map<string, string[]>()
  private readonly aliases = new Map<string, Resource>()
  private readonly callers = new Map<string, Caller>()

  constructor(private readonly cloud: () => Cloud) {}

  add(spec: FunctionSpec): void {
    this.functions.set(spec.name, spec)
    const { accessKeyId } = credentialsOf(this.cloud(), spec.name)
    this.callers.set(accessKeyId, { kind: "function", accessKeyId, functionName: spec.name, roleArn: spec.roleArn })
  }

  /** Its versions and aliases are resources of their own and go with them. */
  remove(functionName: string): void {
    this.functions.delete(functionName)
    this.callers.delete(credentialsOf(this.cloud(), functionName).accessKeyId)
  }

  addVersion(functionName: string, version: string): void {
    this.versions.set(functionName, [...(this.versions.get(functionName) ?? []), version])
  }

  removeVersion(functionName: string, version: string): void {
    const left = (this.versions.get(functionName) ?? []).filter((each) => each !== version)
    this.versions.set(functionName, left)
  }

  addAlias(functionName: string, alias: Resource): void {
    this.aliases.set(`${functionName}:${String(alias.properties.Name)}`, alias)
  }

  removeAlias(functionName: string, alias: Resource): void {
    this.aliases.delete(`${functionName}:${String(alias.properties.Name)}`)
  }

  all(): FunctionSpec[] {
    return [...this.functions.values()]
  }

  caller(accessKeyId: string): Caller | undefined {
    return this.callers.get(accessKeyId)
  }

  /** The function behind a name or ARN, or ResourceNotFoundException. */
  resolve(reference: string): Target {
    const { name, qualifier } = readFunctionRef(reference)
    const spec = this.functions.get(name)
    const version = spec && this.version(name, qualifier)
    if (!spec || !version) {
      const { region, account } = this.cloud()
      const arn = `arn:aws:lambda:${region}:${account}:function:${name}${qualifier ? `:${qualifier}` : ""}`
      throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, 404, { Type: "User" })
    }
    return { spec, version, invokedArn: qualifier ? `${spec.arn}:${qualifier}` : spec.arn }
  }

  private version(name: string, qualifier = "$LATEST"): string | undefined {
    if (qualifier === "$LATEST" || this.versions.get(name)?.includes(qualifier)) return qualifier
    const alias = this.aliases.get(`${name}:${qualifier}`)?.properties
    if (!alias) return undefined
    const weights: { FunctionVersion: unknown; FunctionWeight: unknown }[] = alias.RoutingConfig?.AdditionalVersionWeights ?? []
    let draw = Math.random()
    for (const { FunctionVersion, FunctionWeight } of weights)
      if ((draw -= Number(FunctionWeight)) < 0) return String(FunctionVersion)
    return String(alias.FunctionVersion)
  }
}
