exports.http = async (event) => ({ statusCode: 200, headers: { "content-type": "application/json" }, body: event.body })
exports.connect = async () => ({ statusCode: 200 })
exports.socket = async (event) => ({ statusCode: 200, body: event.body })
