import { existsSync } from "node:fs"
import bundled from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** Without these Chromium looks for its maker's servers at every start, which tests must not. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--no-default-browser-check",
]

/**
 * A real Chromium: the system's, else the one that comes with the packages. The latter's own list of flags is not used, since it
 * turns off web security, and CORS and Origin are part of what is tested.
 */
export async function browser(...flags: string[]): Promise<Browser> {
  const executablePath = SYSTEM.find((path) => existsSync(path)) ?? (await bundled.executablePath())
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", ...QUIET, ...flags] })
}
