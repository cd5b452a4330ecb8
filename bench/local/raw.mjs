// The floor: fastify and ws in one process, no gateway, no function. node raw.mjs <folder with node_modules> <http port> <ws port>
import { createRequire } from "node:module"
import { join } from "node:path"

const [folder, httpPort, wsPort] = process.argv.slice(2)
const require = createRequire(join(folder, "package.json"))
const { fastify } = require("fastify")
const { WebSocketServer } = require("ws")

const app = fastify()
app.post("/echo", async (request) => request.body)
await app.listen({ host: "127.0.0.1", port: Number(httpPort) })

const sockets = new WebSocketServer({ host: "127.0.0.1", port: Number(wsPort), perMessageDeflate: false })
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(data.toString("utf8"))))
