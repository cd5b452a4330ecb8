import * as z from "zod"
import { AppError, type Detail } from "./error.ts"
import { lazily } from "./lazily.ts"

/** Turns what a schema refused into details with paths a producer can find (`events.3.data.venueId`). */
export const detailsOf = (error: z.core.$ZodError): Detail[] =>
  error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join("."), message: issue.message }))

/** Parses `value` or throws `input.invalid` with the path of each problem. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const details = detailsOf(result.error)
  const first = details[0]
  const at = first?.path ? `${first.path}: ` : ""
  throw new AppError("input", "input.invalid", `${at}${first?.message ?? "invalid input"}`, { details })
}

/**
 * A public verb: the body gets parsed input, and transports, forms and tests reach the same schema through `.schema`. It is made when it is first needed:
 * a start pays for the verbs that are asked for.
 */
export function fn<S extends z.ZodType, R>(make: () => S, body: (input: z.output<S>) => R) {
  const schema = lazily(make)
  const verb = (input: z.input<S>): R => body(parse(schema(), input))
  return Object.defineProperty(verb, "schema", { get: schema }) as typeof verb & { readonly schema: S }
}
