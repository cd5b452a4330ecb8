// Runs the product where there is no network but loopback, and counts every question to a name server: /etc/resolv.conf of this mount
// namespace names 127.0.0.1, where this process listens. Prints one line of JSON.
import { createSocket } from "node:dgram"
import { lookup } from "node:dns/promises"
import { spawn } from "node:child_process"
import { connect } from "node:net"
import { createInterface } from "node:readline"
import { networkInterfaces } from "node:os"

const asked = []
/** The name in a DNS question: https://www.rfc-editor.org/rfc/rfc1035#section-4.1.2 */
function nameIn(packet) {
  const labels = []
  for (let at = 12; packet[at] > 0; at += packet[at] + 1) labels.push(packet.toString("latin1", at + 1, at + 1 + packet[at]))
  return labels.join(".")
}
const names = createSocket("udp4", (packet, { address, port }) => {
  asked.push(nameIn(packet))
  const refused = Buffer.from(packet)
  refused[2] |= 0x80
  refused[3] = (refused[3] & 0xf0) | 5
  names.send(refused, port, address)
})
await new Promise((resolve) => names.bind(53, "127.0.0.1", resolve))

await lookup("control.invalid").catch(() => undefined)
const control = asked.splice(0).length
const outside = await new Promise((resolve) => {
  const socket = connect({ host: "192.0.2.1", port: 80, timeout: 2_000 })
  socket.once("connect", () => resolve("reached"))
  socket.once("error", ({ code }) => resolve(code))
  socket.once("timeout", () => resolve("timeout"))
})

const child = spawn(process.execPath, ["scripts/start.mjs", "--json", "--port", "0", "--quiet-data"], {
  stdio: ["ignore", "pipe", "ignore"],
})
const line = await new Promise((resolve, reject) => {
  createInterface({ input: child.stdout }).once("line", resolve)
  child.once("exit", (code) => reject(new Error(`The product ended with ${code}.`)))
})
const { http, ws, aws, console: site, users } = JSON.parse(line)
const headers = { authorization: `Bearer ${users[0].accessToken}`, "content-type": "application/json" }
const ask = async (path, body) => {
  const response = await fetch(http + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

const event = {
  id: "e1",
  type: "concert.upserted",
  at: 1_750_000_000_000,
  v: 1,
  data: { concertId: "c", venueId: "v", title: "T", date: "2026-06-15" },
}
const statuses = {
  console: (await fetch(site)).status,
  health: (await ask("/health?deep=1")).status,
  events: (await ask("/events", { events: [event] })).status,
  chat: (await ask("/chat", { text: "How many concerts were there in 2026?" })).status,
}
const { body } = await ask("/realtime/ticket", {})
const { WebSocket } = await import("ws")
const socket = new WebSocket(`${ws}?ticket=${body.ticket}`)
await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
const answered = new Promise((resolve) => socket.once("message", (data) => resolve(JSON.parse(String(data)).type)))
socket.send(JSON.stringify({ action: "ping", id: "1" }))
statuses.ping = await answered
const { items } = await (await fetch(`${aws}/_local/calls?limit=5000`)).json()

const ended = new Promise((resolve) => child.once("exit", resolve))
child.kill("SIGTERM")
await ended
names.close()
const interfaces = Object.keys(networkInterfaces())
console.log(
  JSON.stringify({
    control,
    outside,
    interfaces,
    statuses,
    calls: items.length,
    services: [...new Set(items.map(({ service }) => service))],
    asked,
  }),
)
