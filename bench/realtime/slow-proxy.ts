import { connect, createServer, type AddressInfo, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

/** Bytes that pass at once: small enough that the link flows, not stutters. */
const SLICE = 16 * 1024

/** Passes bytes on at a rate, whatever came how quickly: what does not pass yet waits at its sender, as on a real link. */
async function pass(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  let free = 0
  for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length; at += SLICE) {
      const slice = chunk.subarray(at, at + SLICE)
      const now = performance.now()
      free = Math.max(now, free) + (slice.length * 1_000) / bytesPerSecond
      if (free > now) await sleep(free - now)
      if (to.destroyed) return
      if (!to.write(slice)) await new Promise((resolve) => to.once("drain", resolve).once("close", resolve))
    }
  to.end()
}

export interface SlowProxy {
  port: number
  /** Cuts every connection, as a link that breaks. */
  cut(): void
  stop(): Promise<void>
}

/** A link to a port of this machine that carries so many bytes a second, each way of each connection. */
export async function slowProxy(target: { port: number; host: string }, bytesPerSecond: number): Promise<SlowProxy> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...target, allowHalfOpen: true })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.setNoDelay(true)
      one.once("close", () => open.delete(one))
      one.on("error", () => undefined)
      pass(one, other, bytesPerSecond).catch(() => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stop: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
