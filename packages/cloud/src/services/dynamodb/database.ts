import type { AwsResponse, Cloud } from "../../service.ts"
import type { Changes } from "./changes.ts"
import type { Holds } from "./holds.ts"
import type { Answer, Ask, Proxy } from "./proxy.ts"
import type { Settings } from "./settings.ts"
import type { Streams } from "./streams/index.ts"
import type { Tables } from "./tables.ts"
import type { Throughput } from "./throughput.ts"
import type { Tokens } from "./tokens.ts"
import type { Vectors } from "./vectors/index.ts"

/** What the operations work with: the engine, and what this layer adds to it. */
export interface Database {
  cloud: Cloud
  proxy: Proxy
  ask: Ask
  tables: Tables
  settings: Settings
  streams: Streams
  changes: Changes
  holds: Holds
  throughput: Throughput
  tokens: Tokens
  vectors: Vectors
}

export const target = (operation: string): string => `DynamoDB_20120810.${operation}`

/** The engine's own answer, unchanged. */
export const plain = ({ status, body }: Answer): AwsResponse => ({ status, body })
