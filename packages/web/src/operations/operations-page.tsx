import { Tabs } from "radix-ui"
import { useSearchParams } from "react-router"
import { NotFoundPage } from "../not-found.tsx"
import { PageHeader } from "../shell/page-header.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { CallsPanel } from "./calls.tsx"
import { FaultsPanel } from "./faults.tsx"
import { FunctionsPanel } from "./functions.tsx"
import { LogsPanel } from "./logs.tsx"
import { PricePanel } from "./price.tsx"
import { QueuesPanel } from "./queues.tsx"
import { SocketsPanel } from "./sockets.tsx"
import { Status } from "./status.tsx"
import { StreamsPanel } from "./streams.tsx"
import { useLocal } from "./use-local.ts"
import "../receipts/receipts.css"
import "../live/live.css"
import "./operations.css"
import "./tail.css"

const VIEWS = [
  ["calls", "Calls", CallsPanel],
  ["functions", "Functions", FunctionsPanel],
  ["logs", "Logs", LogsPanel],
  ["queues", "Queues", QueuesPanel],
  ["streams", "Streams", StreamsPanel],
  ["sockets", "Sockets", SocketsPanel],
  ["faults", "Faults", FaultsPanel],
] as const

/** The local cloud from inside: what it does, what it decides, what it would cost. It exists only where the console runs on one. */
export default function OperationsPage() {
  const { isLocal, isAsking } = useLocal()
  if (isAsking) return <Skeleton lines={6} label="Operations are loading" className="page" />
  if (!isLocal) return <NotFoundPage />
  return (
    <>
      <PageHeader title="Operations" />
      <div className="page-body" tabIndex={0} role="region" aria-label="Operations">
        <div className="ops">
          <Status />
          <PricePanel />
          <Views />
        </div>
      </div>
    </>
  )
}

/** The view lives in the address, so that it survives a reload and can be shared. */
function Views() {
  const [search, setSearch] = useSearchParams()
  const asked = search.get("view")
  const view = VIEWS.some(([name]) => name === asked) ? asked! : VIEWS[0][0]
  return (
    <Tabs.Root
      value={view}
      onValueChange={(next) => setSearch(next === VIEWS[0][0] ? {} : { view: next }, { replace: true })}
      className="ops-views"
    >
      <Tabs.List className="segments ops-tabs" aria-label="Views of the local cloud">
        {VIEWS.map(([name, label]) => (
          <Tabs.Trigger key={name} value={name} className="segment" data-testid={`ops-tab-${name}`}>
            {label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {VIEWS.map(([name, , View]) => (
        <Tabs.Content key={name} value={name} className="ops-view">
          <View />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}
