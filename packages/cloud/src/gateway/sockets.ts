import type { WebSocket } from "ws"
import { newId } from "./ids.ts"

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const MAX_MESSAGE = 128 * 1024
export const MAX_FRAME = 32 * 1024
const IDLE_MS = 10 * 60_000
const LIFETIME_MS = 2 * 60 * 60_000

/** What a reader who does not read may cost: beyond it the connection is closed, with a code of its own. */
const MAX_BUFFERED = 4 * 1024 * 1024
const TOO_SLOW = [1008, "Reader is too slow"] as const

export type Ending = readonly [code: number, reason: string]

/**
 * What `$disconnect` is told where a close frame gives no reason. Seen on AWS: 1000 by DeleteConnection (https://github.com/boto/boto3/issues/3789), 1001
 * ten minutes after the last message, 1005 of a client that closes without a code. The words for 1006 follow those for 1000.
 */
const REASONS: Readonly<Record<number, string>> = {
  1000: "Connection Closed Normally",
  1001: "Going away",
  1005: "Client-side close frame status not set",
  1006: "Connection Closed Abnormally",
}

export const endingOf = (code: number, reason: string): Ending => [code, reason || (REASONS[code] ?? "")]

const GOING_AWAY = endingOf(1001, "")

/** What is known of a connection from its handshake. */
export interface Peer {
  apiId: string
  stage: string
  sourceIp: string
  userAgent: string
}

export interface Connection extends Peer {
  connectionId: string
  connectedAt: number
  lastActiveAt: number
  /** Undefined while `$connect` has not returned: @connections answers 410 until then. */
  socket?: WebSocket
  /** Messages that were read and not yet handed to their function. */
  inbox?: { readonly waiting: number }
  /** Set by a fault: nothing passes any more in either direction, and nobody is told. */
  blackholed?: boolean
  /** Why this side ended it: `$disconnect` is told that, whatever the client makes of it. */
  ended?: Ending
}

const ID = /^[A-Za-z0-9+/_-]{11,15}=$/

/** The live WebSocket connections of one local cloud, shared by the gateway (which opens them) and @connections (which writes to them). */
export class Sockets {
  private readonly connections = new Map<string, Connection>()

  static isConnectionId(id: string): boolean {
    return ID.test(id)
  }

  reserve(peer: Peer, now: number): Connection {
    const connection: Connection = { ...peer, connectionId: newId(), connectedAt: now, lastActiveAt: now }
    this.connections.set(connection.connectionId, connection)
    return connection
  }

  forget(connectionId: string): void {
    this.connections.delete(connectionId)
  }

  /** A connection, also while its handshake is under way. */
  get(connectionId: string): Connection | undefined {
    return this.connections.get(connectionId)
  }

  /** A connection that can be written to: established, and its socket open. */
  find(connectionId: string): (Connection & { socket: WebSocket }) | undefined {
    const connection = this.connections.get(connectionId)
    return connection?.socket?.readyState === 1 ? (connection as Connection & { socket: WebSocket }) : undefined
  }

  all(): Connection[] {
    return [...this.connections.values()]
  }

  /** Sends a text frame; false when the connection is gone, also because its reader let more than 4 MB pile up. */
  send(connectionId: string, data: Buffer | string, now: number): boolean {
    const connection = this.find(connectionId)
    if (!connection) return false
    if (connection.blackholed) return true
    const size = typeof data === "string" ? Buffer.byteLength(data) : data.length
    if (connection.socket.bufferedAmount + size > MAX_BUFFERED) {
      end(connection, ...TOO_SLOW)
      return false
    }
    connection.lastActiveAt = now
    connection.socket.send(data, { binary: false })
    return true
  }

  /** Closes what was idle for 10 minutes or open for 2 hours, as AWS does whatever the client thinks of it. */
  expire(now: number): void {
    for (const connection of this.connections.values())
      if (now - connection.connectedAt >= LIFETIME_MS || now - connection.lastActiveAt >= IDLE_MS) end(connection, ...GOING_AWAY)
  }

  /** The network breaks: the client's TCP connection is reset. */
  reset(connectionId: string): boolean {
    const connection = this.connections.get(connectionId)
    connection?.socket?.terminate()
    return connection !== undefined
  }

  /** The network swallows everything from now on; neither side is told. */
  blackhole(connectionId: string): boolean {
    const connection = this.connections.get(connectionId)
    if (connection) connection.blackholed = true
    return connection !== undefined
  }
}

/** Ends a connection from this side: politely, and without the client after two seconds. The first reason is the one that is told. */
export function end(connection: Connection, code: number, reason: string): void {
  const { socket } = connection
  if (socket?.readyState !== 1) return
  connection.ended ??= endingOf(code, reason)
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), 2_000).unref()
}
