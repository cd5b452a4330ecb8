import { Tabs } from "radix-ui"
import { useSearchParams } from "react-router"
import { PageHeader } from "../shell/page-header.tsx"
import { LoadsPanel } from "./loads.tsx"
import { QuarantinePanel } from "./quarantine.tsx"
import { StreamsPanel } from "./streams.tsx"
import "../receipts/receipts.css"
import style from "./data.module.css"

const VIEWS = [
  ["streams", "Streams", StreamsPanel],
  ["loads", "Loads", LoadsPanel],
  ["quarantine", "Quarantine", QuarantinePanel],
] as const

/** What arrives and how far it has come: streams with their lag, and the records that are no events, to be mended. The view lives in the address. */
export default function DataPage() {
  const [search, setSearch] = useSearchParams()
  const asked = search.get("view")
  const view = VIEWS.some(([name]) => name === asked) ? asked! : VIEWS[0][0]
  return (
    <>
      <PageHeader title="Data" />
      <div className="page-body" tabIndex={0} role="region" aria-label="Data">
        <Tabs.Root
          value={view}
          onValueChange={(next) => setSearch(next === VIEWS[0][0] ? {} : { view: next }, { replace: true })}
          className={style.page}
        >
          <Tabs.List className={`segments ${style.tabs}`} aria-label="Views of the data">
            {VIEWS.map(([name, label]) => (
              <Tabs.Trigger key={name} value={name} className="segment" data-testid={`data-tab-${name}`}>
                {label}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          {VIEWS.map(([name, , View]) => (
            <Tabs.Content key={name} value={name} className={style.view}>
              <View />
            </Tabs.Content>
          ))}
        </Tabs.Root>
      </div>
    </>
  )
}
