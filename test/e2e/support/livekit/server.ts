import { createHmac } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import {
  type AddTrackRequest,
  DisconnectReason,
  JoinResponse,
  LeaveRequest,
  LeaveRequest_Action,
  ParticipantInfo,
  ParticipantInfo_State,
  ParticipantUpdate,
  ReconnectResponse,
  Room,
  SessionDescription,
  SignalRequest,
  SignalResponse,
  SignalTarget,
  SpeakerInfo,
  SpeakersChanged,
  TrackInfo,
  TrackPublishedResponse,
  TrickleRequest,
} from "@livekit/protocol"
import type { Browser } from "playwright-core"
import { type WebSocket, WebSocketServer } from "ws"
import { createMedia } from "./media.ts"

export const KEY = "APIstandin"
export const SECRET = "a secret of at least thirty-two bytes"

/** Who lost the socket and is not back by then has left. */
const BACK_WITHIN_MS = 2_000

interface Ticket {
  sub: string
  name?: string
  video: { room: string; roomJoin: boolean }
}

/** What a ticket says, if it was signed with the secret. Its time is not looked at: the cloud's clock may have been moved. */
function ticketOf(token: string): Ticket | undefined {
  const [head, body, signature] = token.split(".")
  if (signature !== createHmac("sha256", SECRET).update(`${head}.${body}`).digest("base64url")) return undefined
  const ticket = JSON.parse(Buffer.from(body!, "base64url").toString("utf8")) as Ticket & { iss: string }
  return ticket.iss === KEY && ticket.video.roomJoin ? ticket : undefined
}

type Message = NonNullable<ConstructorParameters<typeof SignalResponse>[0]>["message"]

interface Member {
  info: ParticipantInfo
  /** Ids of the media tracks by the ids the others know. */
  cids: Map<string, string>
  socket?: WebSocket
  room: string
  offers: number
  isOffering: boolean
}

/**
 * A stand-in for LiveKit: tickets are checked, people and tracks are told to the others as its protocol says, and media really flow, through a page
 * of `browser`. It answers the path that servers had before version 1, which livekit-client falls back to.
 * https://docs.livekit.io/reference/internals/client-protocol/
 */
export async function startLiveKit(browser: Browser) {
  const members = new Map<string, Member>()
  let isUp = true
  let count = 0

  const tell = ({ socket }: Member, message: Message) => socket?.send(new SignalResponse({ message }).toBinary())
  const of = (room: string) => [...members.values()].filter((each) => each.room === room)
  const others = ({ room, info }: Member) => of(room).filter((each) => each.info.sid !== info.sid)

  const media = await createMedia(browser, (sid, target, candidateInit) => {
    const member = members.get(sid)
    if (!member) return
    const value = new TrickleRequest({ candidateInit, target: target === 0 ? SignalTarget.PUBLISHER : SignalTarget.SUBSCRIBER })
    tell(member, { case: "trickle", value })
  })

  /** One offer at a time; what came meanwhile goes out with the answer. */
  async function offer(to: Member): Promise<void> {
    if (to.isOffering) return
    to.isOffering = true
    const forwards = others(to).flatMap(({ info, cids }) =>
      [...cids].map(([track, cid]) => ({ from: info.sid, cid, participant: info.sid, track })),
    )
    const sdp = await media.offer(to.info.sid, forwards)
    if (sdp === undefined) return void (to.isOffering = false)
    tell(to, { case: "offer", value: new SessionDescription({ type: "offer", sdp, id: ++to.offers }) })
  }

  const announce = (member: Member) => {
    for (const each of others(member))
      tell(each, { case: "update", value: new ParticipantUpdate({ participants: [member.info] }) })
  }

  function publish(member: Member, { cid, type, source, name, width, height }: AddTrackRequest): void {
    const track = new TrackInfo({ sid: `TR_${++count}`, type, source, name, width, height })
    member.info.tracks.push(track)
    member.cids.set(track.sid, cid)
    tell(member, { case: "trackPublished", value: new TrackPublishedResponse({ cid, track }) })
    announce(member)
  }

  /** A track ends by what is offered, not by a word of its own. */
  function unpublish(member: Member, over: readonly string[]): void {
    const ended = [...member.cids].filter(([, cid]) => over.includes(cid)).map(([track]) => track)
    if (ended.length === 0) return
    for (const track of ended) member.cids.delete(track)
    member.info.tracks = member.info.tracks.filter(({ sid }) => !ended.includes(sid))
    announce(member)
  }

  async function remove(member: Member): Promise<void> {
    if (!members.delete(member.info.sid)) return
    member.info.state = ParticipantInfo_State.DISCONNECTED
    for (const each of of(member.room))
      tell(each, { case: "update", value: new ParticipantUpdate({ participants: [member.info] }) })
    await media.forget(member.info.sid)
  }

  async function hangUp(member: Member, reason: DisconnectReason): Promise<void> {
    tell(member, { case: "leave", value: new LeaveRequest({ reason, action: LeaveRequest_Action.DISCONNECT }) })
    await remove(member)
  }

  async function take(member: Member, { message }: SignalRequest): Promise<void> {
    const { sid } = member.info
    switch (message.case) {
      case "offer": {
        const { sdp, over } = await media.answer(sid, message.value.sdp)
        tell(member, { case: "answer", value: new SessionDescription({ type: "answer", sdp, id: message.value.id }) })
        unpublish(member, over)
        for (const each of of(member.room)) void offer(each)
        return
      }
      case "answer":
        await media.taken(sid, message.value.sdp)
        member.isOffering = false
        return offer(member)
      case "trickle":
        return media.candidate(sid, message.value.target === SignalTarget.PUBLISHER ? 0 : 1, message.value.candidateInit)
      case "addTrack":
        return publish(member, message.value)
      case "mute": {
        const { sid: muted, muted: isMuted } = message.value
        for (const track of member.info.tracks) if (track.sid === muted) track.muted = isMuted
        return announce(member)
      }
      case "leave":
        return remove(member)
      case "ping":
        return tell(member, { case: "pong", value: message.value })
      default:
        // Wishes about quality and data, which change nothing here.
        return
    }
  }

  function attach(member: Member, socket: WebSocket): void {
    member.socket = socket
    socket.on("close", () => {
      if (isUp) setTimeout(() => member.socket === socket && void remove(member), BACK_WITHIN_MS).unref()
    })
    /** One after the other, as they came. */
    let turn = Promise.resolve()
    socket.on("message", (data: Buffer) => {
      turn = turn.then(() => take(member, SignalRequest.fromBinary(data))).catch(() => undefined)
    })
  }

  async function enter(socket: WebSocket, url: URL): Promise<void> {
    const ticket = ticketOf(url.searchParams.get("access_token") ?? "")
    if (!ticket) return socket.close(1008)
    const { room } = ticket.video
    const known = members.get(url.searchParams.get("sid") ?? "")
    if (known && url.searchParams.get("reconnect") === "1") {
      attach(known, socket)
      return tell(known, { case: "reconnect", value: new ReconnectResponse() })
    }
    for (const old of of(room).filter(({ info }) => info.identity === ticket.sub)) {
      await hangUp(old, DisconnectReason.DUPLICATE_IDENTITY)
    }
    const info = new ParticipantInfo({
      sid: `PA_${++count}`,
      identity: ticket.sub,
      name: ticket.name,
      state: ParticipantInfo_State.ACTIVE,
      joinedAtMs: BigInt(Date.now()),
      permission: { canPublish: true, canSubscribe: true, canPublishData: true },
    })
    const member: Member = { info, room, cids: new Map(), offers: 0, isOffering: false }
    members.set(info.sid, member)
    attach(member, socket)
    const value = new JoinResponse({
      room: new Room({ sid: `RM_${room}`, name: room }),
      participant: info,
      otherParticipants: others(member).map((each) => each.info),
      serverVersion: "1.5.0",
      subscriberPrimary: false,
      pingInterval: 5,
      pingTimeout: 15,
    })
    tell(member, { case: "join", value })
    announce(member)
    void offer(member)
  }

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://here").pathname
    let text = ""
    request.on("data", (chunk: Buffer) => (text += chunk.toString()))
    request.on("end", () => {
      response.setHeader("access-control-allow-origin", "*")
      if (!isUp) return void response.writeHead(503).end()
      if (path === "/twirp/livekit.RoomService/ListParticipants") {
        const participants = [...members.values()].map(({ info }) => info.toJson())
        return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ participants }))
      }
      if (path === "/twirp/livekit.RoomService/RemoveParticipant") {
        const { room, identity } = JSON.parse(text) as { room: string; identity: string }
        const found = of(room).find(({ info }) => info.identity === identity)
        if (found) void hangUp(found, DisconnectReason.PARTICIPANT_REMOVED)
        return void response.writeHead(found ? 200 : 404, { "content-type": "application/json" }).end("{}")
      }
      response.writeHead(path.startsWith("/rtc/v1") ? 404 : 200).end()
    })
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on("upgrade", (request, socket, head) => {
    const url = new URL(request.url ?? "/", "http://here")
    if (!isUp || url.pathname !== "/rtc") return void socket.end("HTTP/1.1 404 Not Found\r\n\r\n")
    sockets.handleUpgrade(request, socket, head, (accepted) => void enter(accepted, url))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Who is in it, by identity. */
    identities: () => [...members.values()].map(({ info }) => info.identity),
    /** Answers nobody, and hangs up on everybody, until it is up again. */
    setUp(next: boolean): void {
      isUp = next
      if (!next) for (const { socket } of members.values()) socket?.terminate()
    },
    /** What LiveKit hears; the stand-in does not listen. */
    speaks(identity: string, active: boolean): void {
      const speakers = [...members.values()]
        .filter(({ info }) => info.identity === identity)
        .map(({ info }) => new SpeakerInfo({ sid: info.sid, level: active ? 1 : 0, active }))
      for (const each of members.values()) tell(each, { case: "speakersChanged", value: new SpeakersChanged({ speakers }) })
    },
    async stop(): Promise<void> {
      for (const { socket } of members.values()) socket?.terminate()
      await media.stop().catch(() => undefined)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type LiveKitServer = Awaited<ReturnType<typeof startLiveKit>>
