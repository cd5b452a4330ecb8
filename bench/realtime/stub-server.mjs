// Answers 200 to every request, once it has read it. Says its port as a line.
import { createServer } from "node:http"

const server = createServer((request, response) => {
  request.resume()
  request.once("end", () => response.writeHead(200, { "content-length": "0" }).end())
})
server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
