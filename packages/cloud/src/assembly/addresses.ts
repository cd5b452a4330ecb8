/** Where the parts of the cloud listen. */
export interface Addresses {
  /** `http://127.0.0.1:<port>` of all AWS APIs. */
  aws: string
  /** Api id → its address, with scheme. */
  apis: ReadonlyMap<string, { protocol: "HTTP" | "WEBSOCKET"; url: string }>
  /** Distribution domain → its address. */
  sites: ReadonlyMap<string, string>
}

/**
 * The one place where the laptop differs from what a template says: a public address of a resource that runs here is
 * answered with its local address, wherever it stands in a resolved text (an environment, a CORS list, an issuer, a policy header).
 */
export function readdress(region: string, addresses: Addresses): (text: string) => string {
  const gateway = `execute-api.${region}.amazonaws.com`
  const pairs: [string, string][] = [
    [`https://cognito-idp.${region}.amazonaws.com`, addresses.aws],
    [`https://sqs.${region}.amazonaws.com`, addresses.aws],
    [`https://*.${gateway}`, "http://127.0.0.1:*"],
    [`wss://*.${gateway}`, "ws://127.0.0.1:*"],
  ]
  for (const [id, { protocol, url }] of addresses.apis) {
    if (protocol === "HTTP") pairs.push([`https://${id}.${gateway}`, url])
    /** Over https a WebSocket API answers @connections, which is an AWS API. */
    else pairs.push([`wss://${id}.${gateway}`, url], [`https://${id}.${gateway}`, addresses.aws])
  }
  for (const [domain, url] of addresses.sites) pairs.push([`https://${domain}`, url])
  return (text) => {
    if (!text.includes("://")) return text
    return pairs.reduce((result, [from, to]) => (result.includes(from) ? result.replaceAll(from, to) : result), text)
  }
}
