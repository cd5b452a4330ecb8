import type { Cloud } from "../service.ts"

interface Added {
  name: string
  value: string
  override: boolean
}

/** Headers a AWS::CloudFront::ResponseHeadersPolicy adds and removes. */
export interface HeadersPolicy {
  added: Added[]
  removed: string[]
}

function securityHeaders(config: Record<string, any>): Added[] {
  const {
    ContentSecurityPolicy,
    ContentTypeOptions,
    FrameOptions,
    ReferrerPolicy,
    StrictTransportSecurity: hsts,
    XSSProtection,
  } = config
  const added: Added[] = []
  const add = (part: any, name: string, value: string) => part && added.push({ name, value, override: part.Override === true })
  add(ContentSecurityPolicy, "content-security-policy", ContentSecurityPolicy?.ContentSecurityPolicy)
  add(ContentTypeOptions, "x-content-type-options", "nosniff")
  add(FrameOptions, "x-frame-options", FrameOptions?.FrameOption)
  add(ReferrerPolicy, "referrer-policy", ReferrerPolicy?.ReferrerPolicy)
  const age = `max-age=${hsts?.AccessControlMaxAgeSec}`
  add(
    hsts,
    "strict-transport-security",
    [age, hsts?.IncludeSubdomains && "includeSubDomains", hsts?.Preload && "preload"].filter(Boolean).join("; "),
  )
  add(XSSProtection, "x-xss-protection", `${XSSProtection?.Protection ? 1 : 0}${XSSProtection?.ModeBlock ? "; mode=block" : ""}`)
  return added
}

/** The policy of a cache behaviour; none without an id. Throws for a managed policy, whose headers no template names. */
export function headersPolicy(cloud: Cloud, id: unknown): HeadersPolicy {
  if (id === undefined) return { added: [], removed: [] }
  const config = cloud.find("AWS::CloudFront::ResponseHeadersPolicy", String(id))?.properties.ResponseHeadersPolicyConfig
  if (!config)
    throw new Error(
      `NOT_SIMULATED: AWS::CloudFront::Distribution ResponseHeadersPolicyId=${id}: declare a policy of your own in the stack`,
    )
  const items: any[] = config.CustomHeadersConfig?.Items ?? []
  const custom = items.map(({ Header, Value, Override }) => ({
    name: String(Header).toLowerCase(),
    value: String(Value),
    override: Override === true,
  }))
  const removed = (config.RemoveHeadersConfig?.Items ?? []).map(({ Header }: { Header: string }) => Header.toLowerCase())
  return { added: [...securityHeaders(config.SecurityHeadersConfig ?? {}), ...custom], removed }
}

export function applyPolicy(policy: HeadersPolicy, headers: Record<string, string>): void {
  for (const name of policy.removed) delete headers[name]
  for (const { name, value, override } of policy.added) if (override || headers[name] === undefined) headers[name] = value
}
