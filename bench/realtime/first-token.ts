import { type Product, until } from "../../test/e2e/product.ts"
import { median } from "../table.ts"
import { type Call, controlOf } from "./control.ts"
import { type Frame, Link } from "./link.ts"
import { people } from "./people.ts"
import { Sheet } from "./sheet.ts"

const QUESTIONS = { small: 12, full: 40 }
/** Workers start and code is compiled meanwhile. */
const WARM_UP = 4
/** The offline planner answers it without a tool, and says its first words at once. */
const QUESTION = "Hello"

/** Calls that a question waits for; a poll was there before it, and lines are shipped whenever it suits. */
const isOnTheWay = ({ service, operation }: Call) => service !== "logs" && operation !== "ReceiveMessage"

/** From a question to its answer's first words, over one frame that is only acknowledged; both over the same socket, in turns. */
export async function firstToken(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const control = controlOf(product)
  const [person] = await people(product, 1)
  const link = await Link.open(product.ws, person!)
  let events: { kind: string; at: number; clock: number }[] = []
  link.socket.on("message", (data: Buffer) => {
    for (const frame of [JSON.parse(data.toString()) as Frame | Frame[]].flat())
      if (frame.type === "chat.event") events.push({ kind: frame.kind, at: performance.now(), clock: Date.now() })
  })
  const taken = { ping: [] as number[], first: [] as number[], fromModel: [] as number[], calls: [] as number[] }
  for (let n = 0; n < (full ? QUESTIONS.full : QUESTIONS.small) + WARM_UP; n++) {
    const pinged = performance.now()
    await link.ask("ping", {})
    const ping = performance.now() - pinged
    const position = await control.position()
    events = []
    const asked = performance.now()
    await link.ask("chat.send", { clientId: `token-${n}`, text: QUESTION })
    await until("the answer is there", async () => events.some(({ kind }) => kind === "done"), 30_000, 5)
    if (n < WARM_UP) continue
    const first = events.find(({ kind }) => kind === "text")!
    const calls = await until("the call of the model is logged", async () => {
      const found = await control.callsSince(position)
      return found.some(({ service }) => service === "bedrock") && found
    })
    taken.ping.push(ping)
    taken.first.push(first.at - asked)
    taken.fromModel.push(first.clock - calls.find(({ service }) => service === "bedrock")!.at)
    taken.calls.push(calls.filter((call) => isOnTheWay(call) && call.at <= first.clock).length)
  }
  const over = (list: readonly number[]) => median(list.map((each, n) => each / taken.ping[n]!))
  sheet.add({
    firstTokenOverPing: [
      over(taken.first),
      `from chat.send to the first words over a ping and its ack, ${taken.first.length} times; the model speaks as soon as it is asked`,
      { max: 10 },
    ],
    firstTokenMs: [median(taken.first), "stored, queued, taken, read, asked, written, posted"],
    firstTokenFromModelMs: [median(taken.fromModel), "of it since the model was asked, which spoke at once"],
    firstTokenCalls: [median(taken.calls), "AWS calls until then"],
    pingMs: [median(taken.ping), "through the gateway, a function and back"],
  })
  link.close()
  return sheet
}
