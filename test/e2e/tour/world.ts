import type { Product } from "../../../packages/start/src/product.ts"
import { controlOf } from "../support/control.ts"
import type { personOf } from "../support/socket.ts"

/** What the parts of the tour share; the cloud runs as soon as the first test does. */
export interface World {
  local(): Product
  /** Calls of a demo person, by number. */
  person(number: number): ReturnType<typeof personOf>
}

/** Everything that `of` asks of `op` fails until it is called off. */
export async function breaking(local: Product, of: string, service: string, op: string): Promise<() => Promise<unknown>> {
  const { faults, noFaults } = controlOf(local)
  await faults([{ service, op, kind: "error", match: { function: of } }])
  return noFaults
}
