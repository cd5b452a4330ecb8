const { request } = require("node:http")

const { ports } = JSON.parse(process.env.ARC_SANDBOX)

// This sandbox has no two-way routes: the echo goes the other way AWS has, a post to @connections.
exports.handler = ({ body, requestContext }) =>
  new Promise((resolve, reject) => {
    const path = `/_arc/ws/@connections/${requestContext.connectionId}`
    request({ host: "localhost", port: ports._arc, path, method: "POST" }, (answer) => {
      answer.resume()
      answer.on("end", () => resolve({ statusCode: 200 }))
    })
      .once("error", reject)
      .end(body)
  })
