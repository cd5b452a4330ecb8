import { Moon, Sun } from "lucide-react"
import { setTheme } from "./theme.ts"
import { useTheme } from "./use-theme.ts"

/** One click to the other of light and dark; "system" is in the account menu. */
export function ThemeToggle() {
  const { dark } = useTheme()
  const label = dark ? "Use the light theme" : "Use the dark theme"
  return (
    <button
      type="button"
      className="icon-button"
      data-testid="theme-toggle"
      aria-label={label}
      title={label}
      onClick={() => setTheme(dark ? "light" : "dark")}
    >
      {dark ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
    </button>
  )
}
