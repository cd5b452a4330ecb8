export type Theme = "system" | "light" | "dark"

/** The one thing kept beyond a tab: it is not about a person. `public/theme.js` reads it before the first paint. */
const KEY = "backline.theme"
const listeners = new Set<() => void>()

export function currentTheme(): Theme {
  const theme = document.documentElement.dataset.theme
  return theme === "light" || theme === "dark" ? theme : "system"
}

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    if (theme === "system") localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // Storage is blocked: the choice holds until the next reload.
  }
  for (const listener of listeners) listener()
}

/** What the eye sees now, with "system" resolved. */
export const isDark = (): boolean => {
  const theme = currentTheme()
  return theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark"
}

export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)")
  listeners.add(listener)
  system.addEventListener("change", listener)
  return () => {
    listeners.delete(listener)
    system.removeEventListener("change", listener)
  }
}
