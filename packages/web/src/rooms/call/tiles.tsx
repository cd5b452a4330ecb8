import { MicOff, MonitorUp } from "lucide-react"
import { useEffect, useRef } from "react"
import type { Tile } from "./tiles-in.ts"

function Picture({ video, label }: { video: NonNullable<Tile["video"]>; label: string }) {
  const element = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const here = element.current!
    video.attach(here)
    return () => void video.detach(here)
  }, [video])
  return <video ref={element} autoPlay playsInline muted aria-label={label} />
}

function Place({ tile: { name, isMe, isMuted, isSpeaking, kind, video } }: { tile: Tile }) {
  const isScreen = kind === "screen"
  const label = isScreen ? `Screen of ${name}` : name
  return (
    <li
      className="tile"
      data-testid="tile"
      data-kind={kind}
      data-speaking={isSpeaking || undefined}
      data-mirrored={(isMe && !isScreen) || undefined}
    >
      {video ? (
        <Picture video={video} label={label} />
      ) : (
        <span className="avatar" data-mine={isMe || undefined} aria-hidden>
          {name.charAt(0).toUpperCase()}
        </span>
      )}
      <span className="tile-name">
        {isScreen ? <MonitorUp size={13} aria-hidden /> : isMuted && <MicOff size={13} role="img" aria-label="Muted" />}
        <span>{isMe ? (isScreen ? "Your screen" : "You") : label}</span>
      </span>
    </li>
  )
}

/** Everybody in the call: their picture or initial, who speaks, who is muted. */
export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <ul className="tiles" data-count={Math.min(tiles.length, 9)} aria-label="In the call">
      {tiles.map((tile) => (
        <Place key={tile.key} tile={tile} />
      ))}
    </ul>
  )
}
