import type { control } from "./control.ts"
import type { Bill, Price, Resource } from "./wire.ts"

/** The pace of an hour is taken from the last minutes. */
const WINDOW_MINUTES = 5

export interface Spent {
  all: Price
  /** The last run of the assistant's worker, with all that it called; absent before the first. */
  question?: Bill
  /** The mean frame of a socket: gateway, function and its calls. */
  message?: { bill: Bill; count: number }
  hour: { busyMicroUsd: number; idleMicroUsd: number; minutes: number }
}

type Control = Pick<typeof control, "price" | "calls" | "functions" | "clock">

const named = (resources: readonly Resource[], start: string): string =>
  resources.find(({ type, logicalId }) => type === "AWS::Lambda::Function" && logicalId.startsWith(start))?.name ?? start

/** The share of one in what `count` cost together. */
const divided = ({ microUsd, services }: Bill, count: number): Bill => ({
  microUsd: microUsd / count,
  services: Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, { ...service, microUsd: service.microUsd / count }]),
  ),
})

/** The bill of the time since the start, and what of it a question, a message and an hour come to. */
export async function spent(ask: Control, resources: readonly Resource[], signal?: AbortSignal): Promise<Spent> {
  const actions = named(resources, "SocketDefault")
  const worker = named(resources, "RunWorker")
  const { now } = await ask.clock(signal)
  const [all, recent, frames, functions, [model]] = await Promise.all([
    ask.price({}, signal),
    ask.price({ since: now - WINDOW_MINUTES * 60_000 }, signal),
    ask.price({ function: actions }, signal),
    ask.functions(signal),
    ask.calls({ function: worker, service: "bedrock", last: 1 }, signal),
  ])
  const question = model?.invocation ? await ask.price({ invocation: model.invocation }, signal) : undefined
  const count = functions.find((each) => each.function === actions)?.invocations ?? 0
  return {
    all,
    question: question && question.microUsd > 0 ? question : undefined,
    message: count > 0 ? { bill: divided(frames, count), count } : undefined,
    hour: {
      busyMicroUsd: recent.microUsd * (60 / WINDOW_MINUTES),
      idleMicroUsd: all.idlePerHour.microUsd,
      minutes: WINDOW_MINUTES,
    },
  }
}
