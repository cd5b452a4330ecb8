exports.handler = async ({ body, isBase64Encoded }) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body,
})
