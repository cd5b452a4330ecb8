import type { Fault } from "../../../packages/cloud/src/faults/schema.ts"
import type { Call } from "../../../packages/cloud/src/call.ts"
import type { Product } from "../../../packages/start/src/product.ts"

/** The control surface of a cloud, as anybody on its machine may use it. */
export function controlOf({ addresses, cloud }: Product) {
  const ask = async (path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const response = await fetch(`${addresses.aws}/_local/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} /_local/${path} answered ${response.status}: ${text}`)
    return text ? JSON.parse(text) : undefined
  }

  return {
    ask,
    /** The calls that were made while `run` ran, and a moment after: what follows an ack is no part of it. */
    async callsOf(run: () => Promise<unknown>, settleMs = 300): Promise<Call[]> {
      const from = cloud.calls.last(1, () => true)[0]?.n ?? 0
      await run()
      await new Promise((resolve) => setTimeout(resolve, settleMs))
      return cloud.calls.since(from, 5_000)
    },
    sockets: async (): Promise<{ connectionId: string; open: boolean }[]> => (await ask("sockets")).items,
    breakSocket: (connectionId: string, kind: "reset" | "blackhole") => ask(`sockets/${connectionId}`, { kind }),
    faults: (list: Partial<Fault>[]) => ask("faults", list),
    noFaults: () => ask("faults", undefined, "DELETE"),
    advance: (advanceMs: number) => ask("clock", { advanceMs }),
  }
}
