/** The same three handlers that the other local clouds run, with AWS's events in and AWS's results out. */
export const http = async (event: { body?: string }) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: event.body,
})

export const connect = async () => ({ statusCode: 200 })

export const socket = async (event: { body?: string }) => ({ statusCode: 200, body: event.body })
