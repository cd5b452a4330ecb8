import type { Resource } from "./wire.ts"

/** CDK ends its logical ids with eight digits of a hash, which tell a reader nothing. */
const withoutHash = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, "")

/** Short names for what the templates named at length. */
export interface Names {
  /** A physical name as its logical id: `local-backline-Api-Health02A586CD-3SA3VN454IPC` is `Health`. */
  of(physical: string): string
  /** An ARN without its account, and with logical ids for physical names. */
  arn(arn: string): string
}

/** Names of the running templates; an unknown name stays as it is. */
export function namesOf(resources: readonly Resource[]): Names {
  const known = new Map<string, string>()
  for (const { name, logicalId } of resources) {
    const physical = name?.startsWith("http") ? name.split("/").at(-1) : name
    if (physical && physical.length > 8) known.set(physical, withoutHash(logicalId))
  }
  const longest = [...known.keys()].toSorted((a, b) => b.length - a.length)
  const made = new Map<string, string>()
  const arn = (text: string): string => {
    // A log stream is named by a moment and a number, which would make every one a resource of its own.
    const rest = text.startsWith("arn:")
      ? text
          .split(":")
          .slice(5)
          .join(":")
          .replace(/:log-stream:.*$/, "") || text
      : text
    return longest.reduce(
      (shown, physical) => (shown.includes(physical) ? shown.replace(physical, known.get(physical)!) : shown),
      rest,
    )
  }
  return {
    of: (physical) => known.get(physical) ?? physical,
    arn(text) {
      let short = made.get(text)
      if (short === undefined) {
        short = arn(text)
        // ARNs of objects and connections have no end.
        if (made.size > 5_000) made.clear()
        made.set(text, short)
      }
      return short
    },
  }
}
