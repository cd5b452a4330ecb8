import { Agent, request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import type { Product } from "../../test/e2e/product.ts"

const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0"
const PARALLEL = 16
/** Posts that are due are sent together this often: a timer for each would be the load itself. */
const TICK_MS = 10

/** PostToConnection as an administrator of the account, with as little work as a post can be. */
export function poster({ aws }: Pick<Product, "aws">) {
  const { hostname, port } = new URL(aws)
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL })
  return (connectionId: string, body: Buffer): Promise<number> =>
    new Promise((resolve, reject) => {
      const path = `/@connections/${encodeURIComponent(connectionId)}`
      const headers = { authorization: AUTHORIZATION, "content-length": String(body.length) }
      const sent = request({ agent, method: "POST", hostname, port, path, headers }, (answer) => {
        answer.resume()
        answer.once("end", () => resolve(answer.statusCode!))
      })
      sent.once("error", reject)
      sent.end(body)
    })
}

export interface Feed {
  /** Whom it is for; may change while it runs. */
  to: string
  /** Posts so far, by who got them. */
  readonly sent: Map<string, number>
  stop(): Promise<void>
}

/** Posts a frame so many times a second to one connection, whether or not it is still there. */
export function feed(post: ReturnType<typeof poster>, to: string, frame: Buffer, perSecond: number): Feed {
  const sent = new Map<string, number>()
  let isOver = false
  const made: Feed = { to, sent, stop: async () => ((isOver = true), running) }
  const running = (async () => {
    const begin = performance.now()
    const underWay = new Set<Promise<unknown>>()
    for (let count = 0; !isOver; await sleep(TICK_MS))
      for (; count < ((performance.now() - begin) * perSecond) / 1_000 && underWay.size < 4 * PARALLEL; count++) {
        sent.set(made.to, (sent.get(made.to) ?? 0) + 1)
        const posted = post(made.to, frame).catch(() => undefined)
        underWay.add(posted)
        void posted.then(() => underWay.delete(posted))
      }
    await Promise.all(underWay)
  })()
  return made
}
