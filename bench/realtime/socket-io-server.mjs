// The room that anybody writes first with Socket.IO: no log, no rights, no signing in. Arguments: folder of the packages, port.
import { createServer } from "node:http"
import { createRequire } from "node:module"
import { join } from "node:path"

const [folder, port] = process.argv.slice(2)
const { Server } = createRequire(join(folder, "package.json"))("socket.io")
const http = createServer()
const io = new Server(http, { transports: ["websocket"] })
let seq = 0
io.on("connection", (socket) => {
  socket.join("hall")
  socket.on("send", ({ text, clientId }, ack) => {
    const message = { seq: ++seq, user: { id: socket.id }, clientId, text, at: Date.now() }
    ack({ seq: message.seq })
    io.to("hall").emit("message", message)
  })
})
http.listen(Number(port), "localhost")
