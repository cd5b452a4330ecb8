import { json, type Route } from "./route.ts"

/** `GET /_local/reload`: whether what was saved last is what runs, and if not, what is wrong with it. */
export const reload: Route = { method: "GET", path: "reload", answer: (_, { reload }) => json(200, reload()) }
