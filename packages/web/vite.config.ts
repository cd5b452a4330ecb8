import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

export default defineConfig({
  plugins: [react()],
  resolve: {
    // Tools at the root of the repository bring an older React; everything here has to use the one beside this file.
    dedupe: ["react", "react-dom"],
  },
  build: {
    // light-dark() and :has() in the style sheets.
    target: ["chrome123", "edge123", "firefox121", "safari17.5"],
    // No data: addresses, so that the content security policy can stay at 'self'.
    assetsInlineLimit: 0,
  },
  server: { host: "127.0.0.1" },
})
