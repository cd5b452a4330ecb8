/** Parts of a signature in the query and of the protocol itself. */
export const ENVELOPE = /^(?:Version|X-Amz-.*|AWSAccessKeyId|Signature.*|SecurityToken|Timestamp|Expires)$/

/** Fields of a query-protocol request; lists and maps are numbered from 1: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export class Form {
  constructor(private readonly fields: ReadonlyMap<string, string>) {}

  /** Names of the members, without those of the protocol and of a signature in the query. */
  members(): Set<string> {
    const names = [...this.fields.keys()].map((path) => path.split(".", 1)[0]!)
    return new Set(names.filter((name) => name !== "Action" && !ENVELOPE.test(name)))
  }

  get(name: string): string | undefined {
    return this.fields.get(name)
  }

  /** `Attributes.entry.1.key`, `PublishBatchRequestEntries.member.2.Id` … as one form per number. */
  list(prefix: string): Form[] {
    const items = new Map<number, Map<string, string>>()
    for (const [name, value] of this.fields) {
      const match = name.startsWith(`${prefix}.`) ? /^(\d+)\.(.+)$/.exec(name.slice(prefix.length + 1)) : null
      if (!match) continue
      const number = Number(match[1])
      const item = items.get(number) ?? new Map<string, string>()
      items.set(number, item.set(match[2]!, value))
    }
    return [...items].sort(([a], [b]) => a - b).map(([, fields]) => new Form(fields))
  }

  map(prefix: string): Record<string, string> {
    return Object.fromEntries(this.list(`${prefix}.entry`).map((each) => [each.get("key") ?? "", each.get("value") ?? ""]))
  }
}
