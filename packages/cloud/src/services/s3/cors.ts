import { S3Error } from "./wire/error.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html */
export interface CorsRule {
  origins: string[]
  methods: string[]
  headers: string[]
  exposed: string[]
  maxAgeSeconds?: number
}

/** What answers: a bucket, as far as its rules go. */
interface Answering {
  readonly settings: { readonly cors: readonly CorsRule[] }
}

const METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD"]

/** `CorsConfiguration.CorsRules` of AWS::S3::Bucket. */
export function readCors(rules: readonly Record<string, any>[] = []): CorsRule[] {
  return rules.map(({ AllowedOrigins, AllowedMethods, AllowedHeaders = [], ExposedHeaders = [], MaxAge, ...others }) => {
    const unknown = Object.keys(others).find((name) => name !== "Id")
    if (unknown !== undefined) throw new Error(`NOT_SIMULATED: AWS::S3::Bucket.CorsConfiguration.CorsRules.${unknown}`)
    const wrong = (AllowedMethods as string[]).find((method) => !METHODS.includes(method))
    if (wrong !== undefined) throw new Error(`Found unsupported HTTP method in CORS config. Unsupported method is ${wrong}`)
    for (const origin of AllowedOrigins as string[])
      if (origin.split("*").length > 2) throw new Error(`AllowedOrigin "${origin}" can not have more than one wildcard.`)
    return {
      origins: AllowedOrigins,
      methods: AllowedMethods,
      headers: (AllowedHeaders as string[]).map((name) => name.toLowerCase()),
      exposed: ExposedHeaders,
      ...(MaxAge !== undefined && { maxAgeSeconds: Number(MaxAge) }),
    }
  })
}

/** One `*` stands for any run of characters. */
function fits(pattern: string, value: string): boolean {
  const [before = "", after] = pattern.split("*")
  if (after === undefined) return pattern === value
  return value.length >= before.length + after.length && value.startsWith(before) && value.endsWith(after)
}

function ruleFor(bucket: Answering | undefined, origin: string, method: string, asked: readonly string[]): CorsRule | undefined {
  return bucket?.settings.cors.find(
    ({ origins, methods, headers }) =>
      origins.some((pattern) => fits(pattern, origin)) &&
      methods.includes(method) &&
      asked.every((name) => headers.some((pattern) => fits(pattern, name))),
  )
}

/** A rule for every origin answers `*`; others name the origin and let it send what it has. */
function allowed({ origins, methods, exposed, maxAgeSeconds }: CorsRule, origin: string): Record<string, string> {
  const isOpen = origins.includes("*")
  return {
    "access-control-allow-origin": isOpen ? "*" : origin,
    ...(!isOpen && { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": methods.join(", "),
    ...(exposed.length > 0 && { "access-control-expose-headers": exposed.join(", ") }),
    ...(maxAgeSeconds !== undefined && { "access-control-max-age": String(maxAgeSeconds) }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  }
}

type Headers = Readonly<Record<string, string>>

/** Headers of an answer to a page of another origin; none where no rule lets it read. */
export function corsHeaders(bucket: Answering | undefined, method: string, { origin }: Headers): Record<string, string> {
  const rule = origin === undefined ? undefined : ruleFor(bucket, origin, method, [])
  return rule ? allowed(rule, origin!) : {}
}

/** The answer to a preflight. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html */
export function preflight(bucket: Answering | undefined, headers: Headers): Record<string, string> {
  const { origin } = headers
  const method = headers["access-control-request-method"]
  if (origin === undefined || method === undefined)
    throw new S3Error("BadRequest", "Insufficient information. Origin request header needed.", 400)
  const asked = (headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean)
  if (!bucket || bucket.settings.cors.length === 0)
    throw new S3Error("AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.", 403, { Method: method })
  const rule = ruleFor(bucket, origin, method, asked)
  if (!rule)
    throw new S3Error(
      "AccessForbidden",
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      403,
      { Method: method },
    )
  return { ...allowed(rule, origin), ...(asked.length > 0 && { "access-control-allow-headers": asked.join(", ") }) }
}
