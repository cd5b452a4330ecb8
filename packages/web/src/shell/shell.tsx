import { lazy, Suspense, useCallback, useMemo, useState, useSyncExternalStore } from "react"
import { Outlet, useLocation } from "react-router"
import { LivePanel } from "../live/live-panel.tsx"
import { NoticeBanner } from "../notices/notice-banner.tsx"
import { ReloadBanner } from "../operations/reload-banner.tsx"
import { ongoing } from "../rooms/call/ongoing.ts"
import { Dialog } from "../ui/dialog.tsx"
import { useMedia } from "../ui/use-media.ts"
import { ConnectionBanner } from "./connection-banner.tsx"
import { ShellContext } from "./context.ts"
import { useShortcuts } from "./shortcuts.ts"
import { Sidebar } from "./sidebar.tsx"
import "./shell.css"

const CallBar = lazy(() => import("../rooms/call/call-bar.tsx"))

/** The frame of every page: list on the left, page in the middle, what arrives on the right; drawers where there is no room. */
export function Shell() {
  const wide = useMedia("(min-width: 900px)")
  const roomy = useMedia("(min-width: 1240px)")
  const { pathname } = useLocation()
  const callRoom = useSyncExternalStore(ongoing.subscribe, ongoing.get)
  // Operations needs the width, and the panel's own calls would be most of what it shows; rooms and boards have people at their side.
  const isQuiet = /^\/(operations|rooms|boards)(\/|$)/.test(pathname)
  // A drawer belongs to the page it was opened on: going to another closes it.
  const [opened, setOpened] = useState<{ drawer: "list" | "live"; on: string }>()
  const drawer = opened?.on === pathname ? opened.drawer : undefined
  const close = useCallback(() => setOpened(undefined), [])
  const open = useCallback((which: "list" | "live") => setOpened({ drawer: which, on: pathname }), [pathname])
  useShortcuts(wide ? undefined : () => open("list"))
  const controls = useMemo(
    () => ({ wide, roomy: roomy || isQuiet, openList: () => open("list"), openLive: () => open("live") }),
    [wide, roomy, isQuiet, open],
  )
  return (
    <ShellContext value={controls}>
      <div className="shell">
        <a className="skip-link" href="#main">
          Skip to the page
        </a>
        {wide && <Sidebar />}
        <div className="centre">
          <ConnectionBanner />
          <ReloadBanner />
          <NoticeBanner />
          {callRoom !== undefined && (
            <Suspense>
              <CallBar room={callRoom} />
            </Suspense>
          )}
          <main id="main" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
        {roomy && !isQuiet && (
          <aside className="live-side" aria-label="Events arriving">
            <LivePanel />
          </aside>
        )}
        {drawer === "list" && !wide && (
          <Dialog title="Conversations" className="drawer drawer-left" quietTitle onClose={close}>
            <Sidebar onClose={close} />
          </Dialog>
        )}
        {drawer === "live" && !roomy && (
          <Dialog title="Events arriving" className="drawer drawer-right" quietTitle onClose={close}>
            <LivePanel onClose={close} />
          </Dialog>
        )}
      </div>
    </ShellContext>
  )
}
