type Headers = Record<string, string>

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** `*`, an exact origin, or `https://*`: no other wildcard exists in HTTP APIs. */
function allowedOrigin(origins: string[], origin: string): string | undefined {
  if (origins.includes("*")) return "*"
  const matches = origins.some((entry) => (entry.endsWith("://*") ? origin.startsWith(entry.slice(0, -1)) : entry === origin))
  return matches ? origin : undefined
}

/**
 * CORS of an HTTP API. With a configuration the gateway answers preflights itself and replaces the CORS headers of integrations:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function cors(configuration: Record<string, any>) {
  const origins = list(configuration.AllowOrigins)
  const shared = (origin: string | undefined): Headers | undefined => {
    const allowed = origin && allowedOrigin(origins, origin)
    if (!allowed) return undefined
    return {
      "access-control-allow-origin": allowed,
      ...(allowed === "*" ? {} : { vary: "origin" }),
      ...(configuration.AllowCredentials ? { "access-control-allow-credentials": "true" } : {}),
    }
  }
  return {
    /** Headers of a preflight's 204; none where the origin is not allowed. */
    preflight(origin: string | undefined): Headers {
      const headers = shared(origin)
      if (!headers) return {}
      const methods = list(configuration.AllowMethods)
      const allowHeaders = list(configuration.AllowHeaders)
      if (methods.length > 0)
        headers["access-control-allow-methods"] = methods.includes("*")
          ? "GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS"
          : methods.join(",")
      if (allowHeaders.length > 0) headers["access-control-allow-headers"] = allowHeaders.join(",")
      if (configuration.MaxAge !== undefined) headers["access-control-max-age"] = String(configuration.MaxAge)
      return headers
    },
    /** Headers added to an answer. */
    actual(origin: string | undefined): Headers {
      const headers = shared(origin)
      if (!headers) return {}
      const exposed = list(configuration.ExposeHeaders)
      return exposed.length > 0 ? { ...headers, "access-control-expose-headers": exposed.join(",") } : headers
    },
  }
}
