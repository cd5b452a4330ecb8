import type { Product } from "../../test/e2e/product.ts"

export interface LiveSocket {
  connectionId: string
  open: boolean
  buffered: number
}

/** A line of the call log. */
export interface Call {
  n: number
  /** Epoch milliseconds. */
  at: number
  service: string
  operation: string
  attempt: number
  fault?: string
}

/** The control surface of the local cloud. */
export function controlOf({ aws }: Pick<Product, "aws">) {
  const ask = async (path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const response = await fetch(`${aws}/_local/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} /_local/${path} answered ${response.status}: ${text}`)
    return text ? JSON.parse(text) : undefined
  }
  return {
    /** Name of the table in which connections are. */
    connectionTable: async (): Promise<string> => {
      const { items } = (await ask("resources")) as { items: { type: string; logicalId: string; name: string }[] }
      return items.find(({ type, logicalId }) => type === "AWS::DynamoDB::Table" && logicalId.startsWith("ConnectionTable"))!.name
    },
    sockets: async (): Promise<LiveSocket[]> => (await ask("sockets")).items,
    breakSocket: (connectionId: string, kind: "reset" | "blackhole") => ask(`sockets/${connectionId}`, { kind }),
    /** The newest calls to one service. */
    calls: async (service: string): Promise<Call[]> => (await ask(`calls?last=5000&service=${service}`)).items,
    /** Where the call log ends now. */
    position: async (): Promise<number> => (await ask("calls?last=1")).items[0]?.n ?? 0,
    callsSince: async (position: number): Promise<Call[]> => (await ask(`calls?since=${position}&limit=5000`)).items,
    faults: (list: object[]) => ask("faults", list),
    noFaults: () => ask("faults", undefined, "DELETE"),
    advance: (advanceMs: number) => ask("clock", { advanceMs }),
  }
}

/** What an SDK client needs to call the local cloud as an administrator of the account. */
export const administrator = ({ aws }: Pick<Product, "aws">) => ({
  region: "us-east-1",
  endpoint: aws,
  credentials: { accessKeyId: "admin", secretAccessKey: "unused" },
})
