import { createHash } from "node:crypto"
import { AwsError, type Place, type Resource } from "../service.ts"

/** A function of the templates, as the runtime needs it. */
export interface FunctionSpec {
  name: string
  arn: string
  roleArn: string
  /** Name of the handler as its stack gives it; undefined where the template brings the code itself. */
  handler?: string
  /** Source text of `Code.ZipFile`. */
  inline?: string
  /** `Handler` of the template, `_HANDLER` of the environment. */
  entry: string
  timeoutMs: number
  memoryMb: number
  reserved?: number
  environment: Record<string, string>
  logGroup: string
  logFormat: "Text" | "JSON"
  /** Which of Lambda's own lines are written; of JSON alone. */
  systemLogLevel: "DEBUG" | "INFO" | "WARN"
  /** Whether tracing is active: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
  traced: boolean
  /** Queue for asynchronous events that could not be processed. */
  /** Whether Lambda stops chains of events that call it again and again. */
  stopsLoops: boolean
  /** Queue or topic for asynchronous events that could not be processed. */
  deadLetter?: string
}

/** Reads an AWS::Lambda::Function; defaults as documented at https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export function functionSpec(
  { identity, properties: p, logicalId, stack }: Resource,
  handlers: Readonly<Record<string, string>>,
): FunctionSpec {
  const handler = handlers[`${stack}/${logicalId}`]
  const inline = p.Code?.ZipFile
  if (!String(p.Runtime).startsWith("nodejs"))
    throw new Error(`NOT_SIMULATED: AWS::Lambda::Function.Runtime ${String(p.Runtime)} of ${logicalId}: only nodejs runs here.`)
  if (!handler && typeof inline !== "string")
    throw new Error(
      `NOT_SIMULATED: AWS::Lambda::Function ${logicalId} of ${stack} brings packaged code instead of a handler file of this repository.`,
    )
  const { LogGroup, LogFormat = "Text", SystemLogLevel = "INFO" } = p.LoggingConfig ?? {}
  if (LogFormat !== "JSON" && p.LoggingConfig?.SystemLogLevel)
    throw new Error(
      `AWS::Lambda::Function ${logicalId} of ${stack} has a SystemLogLevel: give it LogFormat JSON, without which Lambda takes none.`,
    )
  return {
    name: identity.ref,
    arn: identity.arn!,
    roleArn: String(p.Role),
    handler,
    inline,
    entry: String(p.Handler),
    timeoutMs: Number(p.Timeout ?? 3) * 1000,
    memoryMb: Number(p.MemorySize ?? 128),
    reserved: p.ReservedConcurrentExecutions === undefined ? undefined : Number(p.ReservedConcurrentExecutions),
    environment: Object.fromEntries(Object.entries(p.Environment?.Variables ?? {}).map(([name, value]) => [name, String(value)])),
    logGroup: LogGroup ?? `/aws/lambda/${identity.ref}`,
    logFormat: LogFormat === "JSON" ? "JSON" : "Text",
    systemLogLevel: SystemLogLevel,
    traced: p.TracingConfig?.Mode === "Active",
    stopsLoops: p.RecursiveLoop !== "Allow",
    deadLetter: p.DeadLetterConfig?.TargetArn,
  }
}

/** Name and qualifier of a function given by name, ARN or partial ARN. */
export function readFunctionRef(reference: string): { name: string; qualifier?: string } {
  const match =
    /^(?:arn:[^:]+:lambda:[^:]+:\d{12}:function:)?(?:\d{12}:function:)?([a-zA-Z0-9-_]{1,64})(?::([a-zA-Z0-9-_$]+))?$/.exec(
      reference,
    )
  if (!match) throw new AwsError("ValidationException", `${reference} does not name a function.`)
  return { name: match[1]!, qualifier: match[2] }
}

const letters = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").toUpperCase().replaceAll(/[01]/g, "Z").slice(0, length)

/** Stable keys per function: the access key id of a call names its caller, and the secret signs what a page may use of S3, so no page may know it. */
export const credentialsOf = ({ account, region, stage, secrets }: Place, functionName: string) => ({
  accessKeyId: `ASIA${letters(`${account} ${region} ${stage} ${functionName}`, 16)}`,
  secretAccessKey: createHash("sha256")
    .update(`${account} ${functionName} secret ${secrets?.keys ?? ""}`)
    .digest("base64")
    .slice(0, 40),
})
