// node test/verify/alone.mjs [vitest arguments]: runs the tests where there is no network but loopback, and says what they asked name servers.
// Packages must be installed and the console built. Ends with 1 where a test failed or a name was asked for.
import { spawn, spawnSync } from "node:child_process"
import { createSocket } from "node:dgram"
import { lookup } from "node:dns/promises"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const INSIDE = "--inside"

function outside() {
  const folder = mkdtempSync(join(tmpdir(), "backline-names-"))
  const resolv = join(folder, "resolv.conf")
  writeFileSync(resolv, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
  const self = [process.execPath, fileURLToPath(import.meta.url), INSIDE, ...process.argv.slice(2)]
  const root = process.getuid() === 0 ? [] : ["--map-root-user"]
  const command = `ip link set lo up && mount --bind ${resolv} /etc/resolv.conf && exec "$@"`
  const { status } = spawnSync("unshare", [...root, "--net", "--mount", "sh", "-c", command, "sh", ...self], { stdio: "inherit" })
  rmSync(folder, { recursive: true, force: true })
  return status ?? 1
}

/** The name in a DNS question: https://www.rfc-editor.org/rfc/rfc1035#section-4.1.2 */
function nameIn(packet) {
  const labels = []
  for (let at = 12; packet[at] > 0; at += packet[at] + 1) labels.push(packet.toString("latin1", at + 1, at + 1 + packet[at]))
  return labels.join(".")
}

async function inside() {
  const asked = []
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
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(3)], { stdio: "inherit" })
  const status = await new Promise((resolve) => child.once("exit", resolve))
  const interfaces = Object.keys(networkInterfaces()).join()
  console.log(
    `Interfaces: ${interfaces}. A control question was ${control > 0 ? "seen" : "not seen"}. Questions: ${asked.length}`,
  )
  for (const name of new Set(asked)) console.log(`  ${name}`)
  process.exit(status === 0 && control > 0 && asked.length === 0 ? 0 : 1)
}

if (process.argv[2] === INSIDE) await inside()
else process.exit(outside())
