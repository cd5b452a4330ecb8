import { isTold, keepTold } from "../kept.ts"
import { write } from "./board.ts"
import { personAt } from "./person.ts"
import { play } from "./scene.ts"
import { SCENES } from "./scenes.ts"

interface Options {
  http: string
  users: readonly { accessToken: string }[]
  signal: AbortSignal
  /** The data folder, which may hold all of it already. */
  data?: string
  log(source: string, line: string): void
}

const PEOPLE = 3

/**
 * Two rooms with a short history and a board, all of them named simulated, as three demo people write them: through the APIs of the product alone.
 * Runs beside whatever people do already, and once for each data folder: a start that was cut short is completed by the next, and what somebody deleted
 * later stays away. Never rejects: what fails is said in the log.
 */
export async function startTogether({ http, users, signal, data, log }: Options): Promise<void> {
  if (users.length < PEOPLE || signal.aborted || isTold(data)) return
  const people = users.slice(0, PEOPLE).map(({ accessToken }) => personAt(http, accessToken))
  const leave = () => people.forEach(({ socket }) => socket.close())
  signal.addEventListener("abort", leave, { once: true })
  try {
    const ids = (await Promise.all(people.map(({ client }) => client.me(signal)))).flatMap(({ id }) => id ?? [])
    for (const scene of SCENES) await play(scene, people, ids)
    await write(people[0]!, ids)
    keepTold(data)
  } catch (error) {
    if (!signal.aborted) log("simulate", `The simulated rooms are not complete: ${String(error)}`)
  } finally {
    signal.removeEventListener("abort", leave)
    leave()
  }
}
