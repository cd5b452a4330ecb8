import type { Participant, Room, Track } from "livekit-client"

/** One place in the grid of a call: a person, or the screen that a person shows. */
export interface Tile {
  key: string
  id: string
  name: string
  kind: "person" | "screen"
  isMe: boolean
  isSpeaking: boolean
  isMuted: boolean
  /** Absent where the camera is off. */
  video?: Pick<Track, "attach" | "detach">
}

/** Names of LiveKit's kinds of track, which are plain text. */
const sourceOf = (source: string) => source as Track.Source

function tilesOf(person: Participant, isMe: boolean): Tile[] {
  const trackOf = (source: string) => {
    const publication = person.getTrackPublication(sourceOf(source))
    return publication && !publication.isMuted ? publication.videoTrack : undefined
  }
  const who = { id: person.identity, name: person.name || "Guest", isMe, isMuted: !person.isMicrophoneEnabled }
  const screen = trackOf("screen_share")
  return [
    ...(screen ? [{ ...who, key: `${person.identity} screen`, kind: "screen", isSpeaking: false, video: screen } as const] : []),
    { ...who, key: person.identity, kind: "person", isSpeaking: person.isSpeaking && !who.isMuted, video: trackOf("camera") },
  ]
}

/** Everybody in a call, oneself last, and shown screens before all. */
export function tilesIn({ localParticipant, remoteParticipants }: Pick<Room, "localParticipant" | "remoteParticipants">): Tile[] {
  const others = [...remoteParticipants.values()].flatMap((person) => tilesOf(person, false))
  const all = [...others, ...tilesOf(localParticipant, true)]
  return [...all.filter(({ kind }) => kind === "screen"), ...all.filter(({ kind }) => kind === "person")]
}
