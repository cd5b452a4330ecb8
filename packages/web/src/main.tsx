import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import "./styles/tokens.css"
import "./styles/base.css"
import "./styles/controls.css"
import { App } from "./app.tsx"
import { loadConfig } from "./config.ts"
import { createServices } from "./services.tsx"
import { ErrorState } from "./ui/state.tsx"
import { ApiError } from "@backline/client"

const root = createRoot(document.getElementById("root")!)

// Back out of the browser's page cache after signing out would show the page as it was.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload()
})

try {
  const services = createServices(await loadConfig())
  root.render(
    <StrictMode>
      <App services={services} />
    </StrictMode>,
  )
} catch (cause) {
  const message = cause instanceof Error ? cause.message : String(cause)
  root.render(
    <ErrorState title="The console could not start" error={new ApiError("config", message)} onRetry={() => location.reload()} />,
  )
}
