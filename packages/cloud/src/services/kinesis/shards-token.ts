import { AwsError } from "../../service.ts"

export const TOKEN_MS = 300_000

/** Where a list goes on, and what was asked for: the next call names neither the stream nor the filter. */
interface Token {
  stream: string
  /** Index of the next shard. */
  from: number
  filter?: ShardFilter
  /** Epoch milliseconds. */
  issuedAt: number
}

export interface ShardFilter {
  Type: string
  ShardId?: string
  Timestamp?: number
}

export const writeShardsToken = (token: Token): string => Buffer.from(JSON.stringify(token)).toString("base64")

/** Reads a NextToken that we wrote, or throws ExpiredNextTokenException, as AWS answers a token it does not know. */
export function readShardsToken(text: unknown): Token {
  try {
    const token: Token = JSON.parse(Buffer.from(String(text), "base64").toString("utf8"))
    if (typeof token.stream === "string" && Number.isInteger(token.from) && Number.isInteger(token.issuedAt)) return token
  } catch {
    // Falls through to the same refusal.
  }
  throw expired()
}

export const expired = () =>
  new AwsError("ExpiredNextTokenException", "The pagination token passed to the operation is expired or was never given out.")
