import { catchStray } from "./part.ts"
import { measure } from "./parts.ts"
import { print, type Report } from "./table.ts"

interface Bench {
  about: string
  run: () => Promise<(options: { full: boolean }) => Promise<Report>>
  /** Limit of a bench that is one part; the others give one to each of theirs. Generous: these machines are busy. */
  minutes?: number
}

/** Name → what it measures, and how. */
const BENCHES: Record<string, Bench> = {
  boot: {
    about: "time to ready, memory of all processes, first token over one loopback round trip",
    minutes: 15,
    run: async () => (await import("./boot.ts")).boot,
  },
  predictions: {
    about: "error and coverage of ticket predictions where the truth is known, against the best possible and two simple rules",
    minutes: 10,
    run: async () => (await import("./predictions.ts")).predictions,
  },
  iam: {
    about: "microseconds of an IAM decision with the product's own roles, and its share of an SDK call",
    minutes: 15,
    run: async () => (await import("./iam.ts")).iam,
  },
  reload: {
    about: "from saving a handler to the answer of the next request, over 20 edits",
    minutes: 15,
    run: async () => (await import("./reload.ts")).reload,
  },
  ingest: {
    about: "events/s and CPU per event through the whole path, over JSON.parse of the same bytes",
    minutes: 20,
    run: async () => (await import("./ingest.ts")).ingest,
  },
  local: {
    about: "CPU per echo and time to boot over fastify and ws alone, beside serverless-offline 14 and @architect/sandbox 9",
    run: async () => (await import("./local.ts")).local,
  },
  recommendations: {
    about: "recall, NDCG and coverage against popularity and chance on planted tastes, and what one answer reads",
    run: async () => (await import("./recommendations.ts")).recommendations,
  },
  realtime: {
    about:
      "CPU per delivery and of a start, a thousand clients in a room beside Socket.IO, prices, and what faults cost the others",
    run: async () => (await import("./realtime.ts")).realtime,
  },
}

const FULL = 4

async function report(name: string, { run, minutes }: Bench, full: boolean): Promise<Report> {
  const bench = await run()
  if (minutes === undefined) return bench({ full })
  const limitMs = minutes * 60_000 * (full ? FULL : 1)
  return measure({ bench: name, figures: {}, goals: {}, notes: {} }, [{ name, limitMs, run: () => bench({ full }) }])
}

const [name, ...flags] = process.argv.slice(2)
const bench = name === undefined ? undefined : BENCHES[name]
if (name !== undefined && bench) {
  catchStray()
  const result = await report(name, bench, flags.includes("--full"))
  print(result)
  // What a part left behind, sockets that wait for a process that is gone, must not keep this one.
  process.exit(result.reasons ? 1 : 0)
}
for (const [each, { about }] of Object.entries(BENCHES)) console.log(`${each.padEnd(15)} ${about}`)
if (name !== undefined) {
  console.error(`There is no bench ${name}: choose one of the names above.`)
  process.exitCode = 1
}
