import { existsSync } from "node:fs"
import bundled from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** Without these Chromium looks for its maker's servers at every start, which tests must not. */
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check"]

/** A real Chromium: the system's, else the one that comes with the packages. */
export async function browser(): Promise<Browser> {
  const system = SYSTEM.find((path) => existsSync(path))
  if (system) return chromium.launch({ executablePath: system, args: ["--no-sandbox", "--disable-gpu", ...QUIET] })
  return chromium.launch({ executablePath: await bundled.executablePath(), args: [...bundled.args.filter((arg) => !arg.startsWith("--headless")), ...QUIET], headless: true })
}
