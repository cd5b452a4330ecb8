import { TriangleAlert } from "lucide-react"
import { Link } from "react-router"
import { loadControl, useLocal, usePoll } from "./use-local.ts"
import type { Reload } from "./wire.ts"

/** The last reload, shared by everything that shows it. */
export function useReload() {
  const { isLocal } = useLocal()
  const ask = async (signal: AbortSignal) => (await loadControl()).reload(signal)
  return usePoll({ key: ["reload"], ask, everyMs: 2_000, enabled: isLocal })
}

/** `packages/core/src/room/index.ts:12  Expected ")"` */
export function Place({ problem: { file, line, text } }: { problem: Reload["errors"][number] }) {
  return (
    <>
      {file && (
        <code>
          {file}
          {line ? `:${line}` : ""}
        </code>
      )}{" "}
      {text}
    </>
  )
}

/** On every page: the code that was saved does not compile, so what runs is not what the editor shows. */
export function ReloadBanner() {
  const { data } = useReload()
  const failed = data?.status === "failed" ? data : undefined
  const [first, ...others] = failed?.errors ?? []
  return (
    <div role="status" className="banner-place">
      {failed && (
        <div className="banner reload-banner" data-testid="reload-banner">
          <TriangleAlert size={15} aria-hidden />
          <span className="reload-banner-text">
            <strong>What was saved does not build.</strong>{" "}
            {first && (
              <>
                <Place problem={first} />
                {others.length > 0 && ` and ${others.length} more`}
              </>
            )}
          </span>
          <Link to="/operations">Operations</Link>
        </div>
      )}
    </div>
  )
}
