import { useMutation, useQueryClient } from "@tanstack/react-query"
import { toApiError } from "@backline/client"
import { toast } from "../ui/toast.tsx"
import { control } from "./control.ts"
import { formatMs } from "./format.ts"
import { Nothing, Panel } from "./panel.tsx"
import { usePoll } from "./use-local.ts"
import type { Socket } from "./wire.ts"

/** Live WebSocket connections, each of which can be broken in two ways. */
export function SocketsPanel() {
  const query = usePoll({
    key: ["sockets"],
    ask: async (signal) => {
      const [items, { now }] = await Promise.all([control.sockets(signal), control.clock(signal)])
      return { items, now }
    },
  })
  return (
    <Panel query={query} label="Sockets are loading" lines={3}>
      {({ items, now }) =>
        items.length === 0 ? (
          <Nothing>No socket is open. This console opens one as soon as it is signed in.</Nothing>
        ) : (
          <SocketTable items={items} now={now} />
        )
      }
    </Panel>
  )
}

/** `Chrome`, `node`, or what the client calls itself. */
const clientOf = (userAgent: string): string =>
  /(Firefox|Edg|HeadlessChrome|Chrome|Safari)\/\d+/.exec(userAgent)?.[0].replace("/", " ") ?? (userAgent || "unnamed client")

const stateOf = ({ open, blackholed }: Socket): string => (blackholed ? "blackholed" : open ? "open" : "connecting")

function SocketTable({ items, now }: { items: readonly Socket[]; now: number }) {
  return (
    <div className="table-box ops-table" tabIndex={0} role="group" aria-label="Sockets">
      <table className="table" data-testid="ops-sockets">
        <caption className="sr-only">Live WebSocket connections</caption>
        <thead>
          <tr>
            <th scope="col">Connection</th>
            <th scope="col">Client</th>
            <th scope="col">State</th>
            <th scope="col" className="table-number">
              Open for
            </th>
            <th scope="col" className="table-number">
              Quiet for
            </th>
            <th scope="col" className="table-number">
              Buffered
            </th>
            <th scope="col">
              <span className="sr-only">Break it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((socket) => (
            <tr key={socket.connectionId}>
              <th scope="row" className="ops-name">
                <code>{socket.connectionId}</code>
              </th>
              <td title={socket.userAgent}>{clientOf(socket.userAgent)}</td>
              <td className={socket.blackholed ? "ops-warn" : undefined}>{stateOf(socket)}</td>
              <td className="table-number">{formatMs(Math.max(0, now - socket.connectedAt))}</td>
              <td className="table-number">{formatMs(Math.max(0, now - socket.lastActiveAt))}</td>
              <td className="table-number">{socket.buffered} B</td>
              <td className="ops-act">
                <Break socket={socket} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Break({ socket: { connectionId, blackholed } }: { socket: Socket }) {
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (kind: "reset" | "blackhole") => control.breakSocket(connectionId, kind),
    onSettled: () => queries.invalidateQueries({ queryKey: ["local", "sockets"] }),
    onError: (error) => toast(toApiError(error).message),
  })
  return (
    <span className="ops-acts">
      <button
        type="button"
        className="button button-secondary button-small"
        aria-label={`Reset ${connectionId}: cut its TCP connection`}
        title="Cut its TCP connection"
        disabled={act.isPending}
        onClick={() => act.mutate("reset")}
      >
        Reset
      </button>
      <button
        type="button"
        className="button button-secondary button-small"
        aria-label={`Blackhole ${connectionId}: swallow everything and tell nobody`}
        title="Swallow everything from now on and tell nobody"
        disabled={act.isPending || blackholed}
        onClick={() => act.mutate("blackhole")}
      >
        Blackhole
      </button>
    </span>
  )
}
