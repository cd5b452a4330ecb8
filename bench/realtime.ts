import type { Product } from "../test/e2e/product.ts"
import { measure } from "./parts.ts"
import { start } from "./product.ts"
import { deadSockets } from "./realtime/catalogue/dead-sockets.ts"
import { failingPosts } from "./realtime/catalogue/failing-posts.ts"
import { flood } from "./realtime/catalogue/flood.ts"
import { fullSize } from "./realtime/catalogue/full-size.ts"
import { hotRoom } from "./realtime/catalogue/hot-room.ts"
import { kicks } from "./realtime/catalogue/kicks.ts"
import { longHistory } from "./realtime/catalogue/long-history.ts"
import { silentReader } from "./realtime/catalogue/silent-reader.ts"
import { slowLink } from "./realtime/catalogue/slow-link.ts"
import { twoHours } from "./realtime/catalogue/two-hours.ts"
import { welcome } from "./realtime/catalogue/welcome.ts"
import { busyRoom } from "./realtime/busy-room.ts"
import { firstToken } from "./realtime/first-token.ts"
import { hall } from "./realtime/hall.ts"
import { postCpu } from "./realtime/post.ts"
import type { Sheet } from "./realtime/sheet.ts"
import { startUp } from "./realtime/start-up.ts"
import type { Report } from "./table.ts"

interface Options {
  full: boolean
}

/** Each part has a product of its own: what one leaves behind is no part of another. */
const onProduct = (part: (product: Product, options: Options) => Promise<Sheet | Sheet[]>) => async (options: Options) => {
  const product = await start("--quiet-data")
  try {
    return await part(product, options)
  } finally {
    await product.stop()
  }
}

const PARTS: Record<string, (options: Options) => Promise<Sheet | Sheet[]>> = {
  post: postCpu,
  start: startUp,
  token: onProduct(firstToken),
  hall: onProduct(hall),
  busy: onProduct(busyRoom),
  kicks: onProduct(kicks),
  silent: onProduct(silentReader),
  flood: onProduct(flood),
  hours: onProduct(twoHours),
  welcome: onProduct(welcome),
  hot: onProduct(hotRoom),
  failing: onProduct(failingPosts),
  dead: onProduct(deadSockets),
  link: onProduct(slowLink),
  history: longHistory,
  fullSize,
}

/** A part on a quiet machine takes a few minutes; a busy one gets its time, and one that hangs is not waited for. */
const LIMIT_MS = { small: 15 * 60_000, full: 90 * 60_000 }

/** Rooms at the size of a hall: what they cost and how long they take. `BENCH_ONLY=hall,busy` runs some parts alone. */
export function realtime(options: Options): Promise<Report> {
  const only = process.env.BENCH_ONLY?.split(",")
  const limitMs = options.full ? LIMIT_MS.full : LIMIT_MS.small
  const steps = Object.entries(PARTS)
    .filter(([name]) => !only || only.includes(name))
    .map(([name, run]) => ({ name, limitMs, run: () => run(options) }))
  return measure({ bench: "realtime", figures: {}, goals: {}, notes: {} }, steps)
}
