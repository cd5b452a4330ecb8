import { type Product, startProgram } from "../test/e2e/product.ts"
import { needs } from "./part.ts"

/** The product, or a program that stands in for it, as something that the running part needs. */
export async function startFor(args: string[]): Promise<Product> {
  let said = () => ""
  let release = () => {}
  const product = await startProgram(args, (child, saidSoFar) => {
    said = saidSoFar
    release = needs(child, "The product", () => said())
  })
  const stop = () => {
    release()
    return product.stop()
  }
  return { ...product, stop }
}

export const start = (...flags: string[]): Promise<Product> => startFor(["scripts/start.mjs", "--json", "--port", "0", ...flags])
