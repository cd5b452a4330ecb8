import type { DocumentPage, UpdateAck, UpdateBody } from "./documents/frames.ts"
import type { ChatSent, MessageSent, RoomJoined, RoomMessage, TapTarget } from "./wire.ts"

type Nothing = Record<string, never>

/** What a socket may ask for: what each action takes, and what its ack carries. */
export interface Actions {
  ping: { takes: Nothing; gives: object }
  "auth.refresh": { takes: { token: string }; gives: { expiresAt: number } }
  "room.join": { takes: { room: string; after?: { epoch: string; seq: number } }; gives: RoomJoined }
  "room.leave": { takes: { room: string }; gives: object }
  "room.send": { takes: { room: string; text: string; clientId: string; n?: number }; gives: MessageSent }
  "room.history": {
    takes: { room: string; before?: number; limit?: number }
    gives: { messages: RoomMessage[]; next?: number }
  }
  "room.edit": { takes: { room: string; seq: number; text: string }; gives: object }
  "room.react": { takes: { room: string; seq: number; emoji: string; on?: boolean }; gives: object }
  "room.read": { takes: { room: string; seq: number }; gives: object }
  "room.typing": { takes: { room: string; on: boolean }; gives: object }
  "room.call": { takes: { room: string; on: boolean }; gives: object }
  "doc.join": { takes: { doc: string; vector?: string; next?: string }; gives: DocumentPage }
  "doc.leave": { takes: { doc: string }; gives: object }
  "doc.update": { takes: { doc: string } & UpdateBody; gives: UpdateAck }
  "doc.awareness": { takes: { doc: string; state: unknown }; gives: object }
  "chat.send": { takes: { text: string; clientId: string; conversation?: string; parent?: string }; gives: ChatSent }
  "chat.resume": { takes: { run: string; after: number }; gives: object }
  "tap.start": { takes: TapTarget; gives: { tap: string; expiresAt: number } }
  "tap.stop": { takes: { tap: string }; gives: object }
  "chat.stop": { takes: { run: string }; gives: object }
}

export type ActionName = keyof Actions
