import { type Client, createClient, createSocket, type Socket } from "@backline/client"
import { WebSocket } from "ws"

/** A demo person at their own client, as any program of theirs would be. */
export interface Person {
  client: Client
  socket: Socket
}

export function personAt(http: string, accessToken: string): Person {
  const client = createClient({ httpUrl: http, getToken: async () => accessToken })
  const socket = createSocket({ getTicket: client.realtime.ticket, connect: (url) => new WebSocket(url) })
  socket.start()
  return { client, socket }
}
