import { createServer } from "node:net"

const HOST = "127.0.0.1"

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
}

/** Hands out free ports: the wanted one first, then the next free ones. A named port that is busy is an error with the fix. */
export async function choosePorts({ port, explicit }: Wanted, count: number): Promise<number[]> {
  const chosen: number[] = []
  let next = port
  while (chosen.length < count) {
    const free = await tryPort(port === 0 ? 0 : next++)
    if (free === undefined) {
      if (explicit && chosen.length === 0)
        throw new Error(
          `Port ${port} is in use: stop what listens there, or start with another one (npm start -- --port ${port + 10}).`,
        )
      if (next > Math.min(65_535, port + 200))
        throw new Error(`There are no ${count} free ports from ${port}: start with another one (npm start -- --port 4000).`)
      continue
    }
    if (!chosen.includes(free)) chosen.push(free)
  }
  return chosen
}
