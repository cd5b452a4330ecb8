import { print, type Report } from "./table.ts"

/** Name → what it measures, and how. */
const BENCHES: Record<string, { about: string; run: () => Promise<(options: { full: boolean }) => Promise<Report>> }> = {
  boot: {
    about: "time to ready, memory of all processes, first token over one loopback round trip",
    run: async () => (await import("./boot.ts")).boot,
  },
  iam: {
    about: "microseconds of an IAM decision with the product's own roles, and its share of an SDK call",
    run: async () => (await import("./iam.ts")).iam,
  },
  reload: {
    about: "from saving a handler to the answer of the next request, over 20 edits",
    run: async () => (await import("./reload.ts")).reload,
  },
  ingest: {
    about: "events/s and CPU per event through the whole path, over JSON.parse of the same bytes",
    run: async () => (await import("./ingest.ts")).ingest,
  },
  local: {
    about: "CPU per echo and time to boot over fastify and ws alone, beside serverless-offline 14 and @architect/sandbox 9",
    run: async () => (await import("./local.ts")).local,
  },
  realtime: {
    about:
      "CPU per delivery and of a start, a thousand clients in a room beside Socket.IO, prices, and what faults cost the others",
    run: async () => (await import("./realtime.ts")).realtime,
  },
}

const [name, ...flags] = process.argv.slice(2)
const bench = name === undefined ? undefined : BENCHES[name]
if (bench) {
  const run = await bench.run()
  print(await run({ full: flags.includes("--full") }))
} else {
  for (const [each, { about }] of Object.entries(BENCHES)) console.log(`${each.padEnd(8)} ${about}`)
  if (name !== undefined) {
    console.error(`There is no bench ${name}: choose one of the names above.`)
    process.exitCode = 1
  }
}
