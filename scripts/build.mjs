// npm run build: the console, which a deploy uploads. `npm start` and `npm test` do it themselves.
import { ready } from "./ready.mjs"

ready()
