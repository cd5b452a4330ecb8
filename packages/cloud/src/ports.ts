import { createServer } from "node:net"

const HOST = "127.0.0.1"

/**
 * Below the ports that Linux gives to outgoing connections: between finding a port free and listening on it, one of those might take it.
 * https://docs.kernel.org/networking/ip-sysctl.html (ip_local_port_range)
 */
const anyPort = (): number => 15_000 + Math.floor(Math.random() * 17_000)

const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(undefined))
    probe.listen({ host: HOST, port, exclusive: true }, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address ? address.port : undefined))
    })
  })

export interface Wanted {
  /** 0 means any free ports. */
  port: number
  /** The user named this port, so another one will not do. */
  explicit: boolean
  /** Ports of the last run in the same order, taken again where they are free. */
  last?: readonly number[]
}

/** Hands out free ports: the wanted one first, then the next free ones. A named port that is busy is an error with the fix. */
export async function choosePorts({ port, explicit, last = [] }: Wanted, count: number): Promise<number[]> {
  const chosen: number[] = []
  let next = port
  let misses = 0
  // A port that the user named today counts more than yesterday's.
  const known = port !== 0 && explicit && last[0] !== port ? [] : last
  while (chosen.length < count) {
    const again = known[chosen.length]
    if (again !== undefined && !chosen.includes(again) && (await tryPort(again)) !== undefined) {
      chosen.push(again)
      continue
    }
    const free = await tryPort(port === 0 ? anyPort() : next++)
    if (free === undefined) {
      if (port === 0 && ++misses < 100) continue
      if (port !== 0 && explicit && chosen.length === 0)
        throw new Error(
          `Port ${port} is in use: stop what listens there, or start with another one (npm start -- --port ${port + 10}).`,
        )
      if (port === 0 || next > Math.min(65_535, port + 200))
        throw new Error(`There are no ${count} free ports from ${port}: start with another one (npm start -- --port 4000).`)
      continue
    }
    if (!chosen.includes(free) && !known.slice(chosen.length + 1).includes(free)) chosen.push(free)
  }
  return chosen
}
