import { createProducer, type Position } from "../../import/producer.ts"
import { DEFAULT_SEED, seasonFor } from "../season.ts"
import { tasteEvents } from "./fans.ts"

interface Options {
  http: string
  token(): Promise<string>
  /** Access tokens of the demo people. */
  users: readonly { accessToken: string }[]
  signal?: AbortSignal
  /** Epoch milliseconds; the season of that day. */
  seasonAt: number
}

async function userId(http: string, accessToken: string, signal?: AbortSignal): Promise<string> {
  const limits = [AbortSignal.timeout(20_000), ...(signal ? [signal] : [])]
  const response = await fetch(`${http}/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
    signal: AbortSignal.any(limits),
  })
  if (!response.ok) throw new Error(`GET /me answered ${response.status}`)
  return ((await response.json()) as { id: string }).id
}

/** Plants tastes in the sample season, those of the demo people among them. Resolves when the streams have them. Safe to repeat. */
export async function plantTastes({ http, token, users, signal, seasonAt }: Options): Promise<Position[]> {
  const demo = await Promise.all(users.map(({ accessToken }) => userId(http, accessToken, signal)))
  const { shows } = seasonFor({ seed: DEFAULT_SEED, now: seasonAt })
  const producer = createProducer({ http, token }, { signal })
  for (const event of tasteEvents({ seed: DEFAULT_SEED, seasonAt, shows, demo })) await producer.push(event)
  const { positions } = await producer.flush()
  return [...positions.values()]
}
