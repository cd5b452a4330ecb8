import type { Browser, Page } from "playwright-core"

/** Chromium's WebRTC between pages of one machine: addresses as they are, the loopback too; devices that are made up, and allowed. */
export const MEDIA_FLAGS = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
]

interface Forward {
  /** Whose track, from whose connection. */
  from: string
  cid: string
  /** What the receiver knows it by. */
  participant: string
  track: string
}

type Peer = { pub: RTCPeerConnection; sub: RTCPeerConnection; tracks: Map<string, MediaStreamTrack>; sent: Set<string> }
declare const peers: Map<string, Peer>
declare const heard: (to: string, target: number, candidate: string) => void

/** Runs in the page: every participant has two connections here, one to send to us and one to receive from us, as with LiveKit before its version 1 path. */
function install(): void {
  const all = new Map<string, Peer>()
  Object.assign(globalThis, {
    peers: all,
    peerOf(id: string): Peer {
      const known = all.get(id)
      if (known) return known
      const peer: Peer = { pub: new RTCPeerConnection(), sub: new RTCPeerConnection(), tracks: new Map(), sent: new Set() }
      peer.pub.ontrack = ({ track }) => void peer.tracks.set(track.id, track)
      for (const [target, connection] of [peer.pub, peer.sub].entries())
        connection.onicecandidate = ({ candidate }) => candidate && heard(id, target, JSON.stringify(candidate))
      all.set(id, peer)
      return peer
    },
  })
}
declare const peerOf: (id: string) => Peer

/** The media of a LiveKit stand-in: a page of Chromium that takes everybody's tracks and gives them to the others. */
export async function createMedia(browser: Browser, candidate: (to: string, target: number, init: string) => void) {
  const context = await browser.newContext()
  const page: Page = await context.newPage()
  await page.exposeFunction("heard", candidate)
  await page.evaluate(install)
  return {
    /** Answers what a participant offers to send; `over` are the tracks that it sends no more. */
    answer: (id: string, sdp: string): Promise<{ sdp: string; over: string[] }> =>
      page.evaluate(
        async ([id, sdp]) => {
          const { pub, tracks } = peerOf(id!)
          await pub.setRemoteDescription({ type: "offer", sdp })
          await pub.setLocalDescription()
          const sent = pub.getTransceivers().filter(({ currentDirection }) => currentDirection === "recvonly")
          const live = new Set(sent.map(({ receiver }) => receiver.track))
          const over = [...tracks].filter(([, track]) => !live.has(track)).map(([cid]) => cid)
          for (const cid of over) tracks.delete(cid)
          return { sdp: pub.localDescription!.sdp, over }
        },
        [id, sdp],
      ),
    /** Offers a participant everything that others send and it has not got; undefined where there is nothing new. */
    offer: (id: string, forwards: Forward[]): Promise<string | undefined> =>
      page.evaluate(
        async ([id, forwards]) => {
          const { sub, sent } = peerOf(id)
          const names: [string, string][] = []
          for (const { from, cid, participant, track } of forwards) {
            const source = peers.get(from)?.tracks.get(cid)
            if (!source || sent.has(track)) continue
            sent.add(track)
            const stream = new MediaStream([source])
            sub.addTrack(source, stream)
            names.push([stream.id, `${participant}|${track}`], [source.id, track])
          }
          if (names.length === 0) return undefined
          const all = ((sub as unknown as { names?: typeof names }).names ??= [])
          all.push(...names)
          await sub.setLocalDescription()
          /** What a track is called is read from the description alone. */
          return all.reduce((text, [own, told]) => text.replaceAll(own, told), sub.localDescription!.sdp)
        },
        [id, forwards] as const,
      ),
    taken: (id: string, sdp: string): Promise<void> =>
      page.evaluate(([id, sdp]) => peerOf(id!).sub.setRemoteDescription({ type: "answer", sdp }), [id, sdp]),
    candidate: (id: string, target: number, init: string): Promise<void> =>
      page.evaluate(
        async ([id, target, init]) => {
          const peer = peerOf(id)
          const connection = target === 0 ? peer.pub : peer.sub
          await connection.addIceCandidate(JSON.parse(init)).catch(() => undefined)
        },
        [id, target, init] as const,
      ),
    forget: (id: string): Promise<void> =>
      page.evaluate((id) => {
        const peer = peers.get(id)
        peers.delete(id)
        peer?.pub.close()
        peer?.sub.close()
      }, id),
    stop: () => context.close(),
  }
}

export type Media = Awaited<ReturnType<typeof createMedia>>
