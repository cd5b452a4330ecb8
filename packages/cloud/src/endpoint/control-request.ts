/** A request to `/_local/*`; Host and Origin were checked already. */
export interface ControlRequest {
  method: string
  url: URL
  headers: Record<string, string>
  body: Buffer
  signal: AbortSignal
}
