import { AwsError } from "../../service.ts"

/** How a service takes members of its input that an operation does not act on. */
export interface Strangers {
  /** Members that AWS acts on, each with what to do instead. */
  refused?: Readonly<Record<string, string>>
  /** What is said of the others; `ignored` where they are unknown to AWS too, which passes over them. */
  others?: string
}

export const IGNORED = "ignored"

/** Refuses by name what would otherwise be accepted and ignored; `where` is `<service>.<operation>`. */
export function checkMembers(
  given: Iterable<string>,
  members: readonly string[],
  where: string,
  { refused = {}, others = "the local cloud does not know this parameter." }: Strangers = {},
): void {
  for (const name of given) {
    if (members.includes(name)) continue
    const reason = Object.hasOwn(refused, name) ? refused[name] : others
    if (reason !== IGNORED) throw new AwsError("NotSimulatedException", `NOT_SIMULATED: ${where}.${name}: ${reason}`)
  }
}
