import type { Peer } from "./use-board.ts"

const MOST = 4

/** Who else is on the board right now. */
export function Peers({ peers }: { peers: readonly Peer[] }) {
  if (peers.length === 0) return null
  const names = peers.map(({ name }) => name).join(", ")
  return (
    <div className="peers" role="group" aria-label={`Also here: ${names}`} title={names} data-testid="peers">
      {peers.slice(0, MOST).map(({ client, name, hue }) => (
        <span key={client} className={`avatar peer hue-${hue}`} aria-hidden>
          {name.charAt(0).toUpperCase()}
        </span>
      ))}
      {peers.length > MOST && <span className="peers-more tabular">+{peers.length - MOST}</span>}
    </div>
  )
}
