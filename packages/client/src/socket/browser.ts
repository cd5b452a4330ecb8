interface Watched {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}

interface Options {
  /** Stand-ins of the browser's own, for tests. */
  window?: Watched
  document?: Watched & { visibilityState: string }
}

/**
 * Lets a connection know what the browser knows: the network came back or went, the tab is looked at again. Neither is believed
 * blindly: loopback works without a network. Gives the function that stops watching.
 */
export function watchBrowser(socket: { nudge(): void }, { window = globalThis, document = globalThis.document }: Options = {}) {
  const nudge = () => socket.nudge()
  const visible = () => document.visibilityState === "visible" && socket.nudge()
  window.addEventListener("online", nudge)
  window.addEventListener("offline", nudge)
  document.addEventListener("visibilitychange", visible)
  return () => {
    window.removeEventListener("online", nudge)
    window.removeEventListener("offline", nudge)
    document.removeEventListener("visibilitychange", visible)
  }
}
