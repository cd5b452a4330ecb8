import { IDLE } from "../assembly/reviewed.ts"
import type { Service } from "../service.ts"
import { AWS_OPERATIONS } from "./aws.ts"
import { PHRASES } from "./phrases.ts"
import type { Coverage, Seen } from "./record.ts"

const code = (text: string) => `\`${text}\``
const sorted = (texts: Iterable<string>) => [...new Set(texts)].toSorted((a, b) => a.localeCompare(b, "en"))

/** Signing name → operations, of the engines that answer any. */
export const operationsOf = (services: readonly Service[]): Map<string, string[]> =>
  new Map(
    services
      .filter(({ operations }) => operations?.length)
      .map(({ names, operations }) => [names[0]!, sorted(operations!)] as const)
      .toSorted(([a], [b]) => a.localeCompare(b, "en")),
  )

const NOTHING: Seen = { allowed: 0, denied: 0, administrator: 0, open: 0, answered: 0, errors: {} }

/** Calls that nobody asked a policy about say so instead of yes and no. */
function permissionOf({ allowed, denied, open }: Seen): [allow: string, deny: string] {
  if (open > 0 && allowed + denied === 0) return ["none asked", "none asked"]
  return [allowed > 0 ? "yes" : "no", denied > 0 ? "yes" : "no"]
}

function row(operation: string, phrase: string, seen: Seen): string {
  const errors = sorted(Object.keys(seen.errors)).map(code).join(", ")
  return `| ${[code(operation), phrase, ...permissionOf(seen), errors || "none"].join(" | ")} |`
}

/** Each engine's operations with what a run of all tests saw of them. Throws for what was answered and is in no engine's table. */
export function operationTables(services: readonly Service[], coverage: Coverage): string {
  const engines = operationsOf(services)
  const undeclared = Object.entries(coverage).flatMap(([key, { answered }]) => {
    const [service = "", operation = ""] = key.split(/ (.*)/)
    return answered > 0 && !engines.get(service)?.includes(operation) ? [key] : []
  })
  if (undeclared.length > 0) throw new Error(`Answered, and in no engine's \`operations\`: ${undeclared.join(", ")}.`)
  return [...engines]
    .map(([service, operations]) => {
      const rows = operations.map((operation) =>
        row(operation, PHRASES[service]?.[operation] ?? "", coverage[`${service} ${operation}`] ?? NOTHING),
      )
      return [
        `### ${service}`,
        "| operation | simulated | allow seen | deny seen | errors seen |",
        "|---|---|---|---|---|",
        ...rows,
      ].join("\n")
    })
    .join("\n\n")
}

/** Operations that the SDK has and the engine refuses by name; of the other services, all but those of the tables. */
export const refusedOf = (services: readonly Service[]): Map<string, string[]> => {
  const engines = operationsOf(services)
  return new Map(
    Object.entries(AWS_OPERATIONS).map(([service, known]) => [
      service,
      sorted(known.filter((operation) => !engines.get(service)?.includes(operation))),
    ]),
  )
}

export const refusedTable = (services: readonly Service[]): string =>
  [
    "| service | refused by name |",
    "|---|---|",
    ...[...refusedOf(services)].map(
      ([service, refused]) => `| ${service} | ${refused.length > 0 ? refused.join(", ") : "nothing"} |`,
    ),
  ].join("\n")

/** What templates may say without an effect here, with the reason. */
export function ignoredTables(services: readonly Service[]): string {
  const idle = IDLE.map(([what, reason]) => `| ${code(what)} | ${reason} |`)
  const types = services.flatMap((service) => Object.entries(service.types))
  const ignored = types
    .toSorted(([a], [b]) => a.localeCompare(b, "en"))
    .flatMap(([type, { ignored = {} }]) =>
      Object.entries(ignored).map(([property, reason]) => `| ${code(type)} | ${code(property)} | ${reason} |`),
    )
  return [
    "| resource without an engine | because |",
    "|---|---|",
    ...idle,
    "",
    "| type | property | because |",
    "|---|---|---|",
    ...ignored,
    "",
    `Simulated types: ${sorted(types.map(([type]) => type))
      .map(code)
      .join(", ")}. Any other type makes the start fail with its name, and so does any other property of these.`,
  ].join("\n")
}

const marks = (name: string) => [`<!-- ${name}: written by scripts/coverage.mjs -->`, `<!-- end of ${name} -->`] as const

/** The document with one generated part replaced. */
export function withPart(document: string, name: string, part: string): string {
  const [begin, end] = marks(name)
  const [before, rest] = [document.split(begin)[0]!, document.split(begin)[1]?.split(end)]
  if (rest?.length !== 2) throw new Error(`The document has no place for ${name}: ${begin} … ${end}`)
  return `${before}${begin}\n${part}\n${end}${rest[1]}`
}

/** What stands in a generated part. */
export function partOf(document: string, name: string): string {
  const [begin, end] = marks(name)
  return (document.split(begin)[1]?.split(end)[0] ?? "").trim()
}
