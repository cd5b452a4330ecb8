/** Who answers a request and whose key signed it, as far as its head tells. */
export interface Envelope {
  service?: string
  accessKeyId?: string
  /** The signature stands in the URL, which any page can write; the header it cannot. */
  inUrl?: boolean
}

/** Signature version 4: `<access key>/<date>/<region>/<service>/aws4_request`; version 4A has no region. */
function readScope(credential: string): Envelope {
  const parts = credential.split("/")
  if (parts.at(-1) !== "aws4_request" || parts.length < 4) return {}
  return { accessKeyId: parts[0], service: parts.at(-2) }
}

/** Browsers call Cognito without a signature: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html */
const TARGETS: Readonly<Record<string, string>> = {
  AWSCognitoIdentityProviderService: "cognito-idp",
  DynamoDB_20120810: "dynamodb",
  DynamoDBStreams_20120810: "dynamodb",
  Kinesis_20131202: "kinesis",
  RedshiftData: "redshift-data",
  AmazonSQS: "sqs",
  AmazonSSM: "ssm",
  Logs_20140328: "logs",
}

type UnsignedPaths = readonly { pattern: RegExp; service: string }[]

/** The service comes from the credential scope; calls without a signature are told by their X-Amz-Target or their path. */
export function readEnvelope(url: URL, headers: Readonly<Record<string, string>>, unsignedPaths: UnsignedPaths): Envelope {
  const signed = /^AWS4-[A-Z0-9-]+ .*?Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1]
  if (signed) return readScope(signed)
  const inUrl = url.searchParams.get("X-Amz-Credential")
  if (inUrl) return { ...readScope(inUrl), inUrl: true }
  const target = headers["x-amz-target"]?.split(".")[0]
  if (target && Object.hasOwn(TARGETS, target)) return { service: TARGETS[target] }
  if (/(^|\/)@connections\//.test(url.pathname)) return { service: "execute-api" }
  return { service: unsignedPaths.find(({ pattern }) => pattern.test(url.pathname))?.service }
}

/** The operation's name as far as the envelope tells, for the log and for errors before a service has looked. */
export function guessOperation(method: string, url: URL, headers: Readonly<Record<string, string>>, body: Buffer): string {
  const target = headers["x-amz-target"]
  if (target) return target.slice(target.lastIndexOf(".") + 1)
  const form = headers["content-type"]?.startsWith("application/x-www-form-urlencoded")
    ? new URLSearchParams(body.toString("utf8")).get("Action")
    : null
  return form ?? `${method} ${url.pathname}`
}
