/** Where this console's platform is; the deployment writes it beside the pages as `/config.json`. */
export interface ConsoleConfig {
  apiUrl: string
  region: string
  /** The Cognito user pool's issuer, `https://cognito-idp.<region>.amazonaws.com/<pool>`. */
  issuer: string
  clientId: string
  stage: string
  /** Only on a laptop: an account that may be shown to everyone. */
  demo?: { email: string; password: string } | null
}

const REQUIRED = ["apiUrl", "issuer", "clientId", "stage"] as const

/** Reads `/config.json`; throws an Error whose message says what to mend. */
export async function loadConfig(): Promise<ConsoleConfig> {
  let config: Partial<ConsoleConfig>
  try {
    const response = await fetch("/config.json", { cache: "no-store" })
    if (!response.ok) throw new Error(`status ${response.status}`)
    config = (await response.json()) as Partial<ConsoleConfig>
  } catch (cause) {
    throw new Error(
      "The console could not read /config.json. Check the connection, then reload; if it stays, deploy the console again.",
      {
        cause,
      },
    )
  }
  const missing = REQUIRED.filter((name) => !config[name])
  if (missing.length > 0) throw new Error(`/config.json lacks ${missing.join(", ")}. Deploy the console again.`)
  return config as ConsoleConfig
}
