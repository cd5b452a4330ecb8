import { createContext, useContext } from "react"

interface ShellControls {
  /** The list stands beside the page; otherwise `openList` shows it in a drawer. */
  wide: boolean
  /** The live panel stands beside the page. */
  roomy: boolean
  openList(): void
  openLive(): void
}

const nothing = () => undefined
export const ShellContext = createContext<ShellControls>({ wide: true, roomy: true, openList: nothing, openLive: nothing })
export const useShell = () => useContext(ShellContext)
