import { config } from "./config.ts"
import { hashOf } from "./signature.ts"
import { refusedCall } from "./service-client.ts"
import { type Answer, type Call, signedCaller } from "./signed-call.ts"

/** A frame on its way: encoded and hashed once, however many get it. */
export interface Payload {
  bytes: Uint8Array
  hash: string
}

export const payloadOf = (text: string): Payload => ({ bytes: Buffer.from(text), hash: hashOf(text) })

const NOTHING = hashOf("")

let caller: ReturnType<typeof signedCaller> | undefined

/** An explicit endpoint would beat AWS_ENDPOINT_URL, so the variable is asked first: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
async function ask(method: Call["method"], connectionId: string, timeoutMs: number, payload?: Payload): Promise<Answer> {
  const answer = await (caller ??= signedCaller("execute-api", config("AWS_ENDPOINT_URL") ?? config("WEBSOCKET_CALLBACK_URL")))({
    method,
    path: `/@connections/${encodeURIComponent(connectionId)}`,
    headers: payload && { "content-type": "application/octet-stream" },
    body: payload?.bytes,
    bodyHash: payload?.hash ?? NOTHING,
    timeoutMs,
  })
  if (answer.status === 401 || answer.status === 403) throw refusedCall(answer, "execute-api:ManageConnections")
  return answer
}

/** PostToConnection; gives the status: 200, 410 for a socket that is gone or not open yet, 413, 429 … Throws where this function may not post at all. */
export const post = async (connectionId: string, payload: Payload, timeoutMs: number): Promise<number> =>
  (await ask("POST", connectionId, timeoutMs, payload)).status

/** DeleteConnection: closes the socket. 204, or 410 where it was gone. */
export const close = async (connectionId: string): Promise<number> => (await ask("DELETE", connectionId, 5_000)).status

/** GetConnection: when the socket was last active in either direction, in epoch milliseconds; undefined for one that is gone. */
export async function lastActive(connectionId: string): Promise<number | undefined> {
  const { status, body } = await ask("GET", connectionId, 5_000)
  if (status === 410) return undefined
  if (status !== 200) throw new Error(`GetConnection answered ${status}.`)
  return Date.parse((JSON.parse(body.toString("utf8")) as { lastActiveAt: string }).lastActiveAt)
}
