import type { Socket } from "node:net"
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import type { Product } from "../../../test/e2e/product.ts"
import { processTree } from "../../process-tree.ts"
import { administrator, controlOf } from "../control.ts"
import { crowd } from "../crowd.ts"
import { people } from "../people.ts"
import { RoomClient } from "../room-client.ts"
import { Sheet } from "../sheet.ts"
import { beside } from "./beside.ts"

const MB = 1024 * 1024
/** The largest text there is: what a reader leaves unread grows as fast as it can. */
const LARGEST = "x".repeat(8_000)
/** The network takes some megabytes by itself. They are posted first, up to just below the limit; with `--full` by the room alone. */
const FILLING = Buffer.from(JSON.stringify({ type: "filling", text: "x".repeat(120_000) }))
const FILLED = 3.8 * MB
const SIZES = { small: { count: 100, perSecond: 10 }, full: { count: 2_000, perSecond: 10 } }
const LOOK_MS = 200

/** One reader of a room stops reading: what that costs the others, and how it ends. */
export async function silentReader(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const { sockets } = controlOf(product)
  const all = await crowd(product, 10, { tabs: 2 })
  const before = new Set((await sockets()).map(({ connectionId }) => connectionId))
  const silent = await RoomClient.open(product.ws, (await people(product, 1))[0]!, all.room, all.run)
  await silent.join()
  const ConnectionId = (await sockets()).find(({ connectionId }) => !before.has(connectionId))!.connectionId
  const kept = async () => (await sockets()).find(({ connectionId }) => connectionId === ConnectionId)?.buffered
  const gateway = new ApiGatewayManagementApiClient(administrator(product))
  const fill = async () => {
    while ((await kept())! < FILLED) await gateway.send(new PostToConnectionCommand({ ConnectionId, Data: FILLING }))
  }

  const pace = full ? SIZES.full : SIZES.small
  const memory = () => processTree(product.child.pid!).rssMb
  const start = memory()
  let most = 0
  let [firstAt, cutAt]: (number | undefined)[] = []
  const look = async () => {
    const buffered = await kept()
    most = Math.max(most, buffered ?? 0)
    if (buffered) firstAt ??= performance.now()
    if (buffered === undefined) cutAt ??= performance.now()
  }
  all.run.text = LARGEST
  const { p99Ratio, p99Ms, missing } = await beside(all, {
    pace,
    rounds: 1,
    disturb: async () => {
      ;(silent.link.socket as unknown as { _socket: Socket })._socket.pause()
      if (!full) await fill()
      const timer = setInterval(() => void look(), LOOK_MS)
      return async () => clearInterval(timer)
    },
  })
  sheet.add({
    silentOthersP99: [
      p99Ratio,
      `p99 of 10 readers while another one stopped reading, over before; ${pace.count} messages of 8 KB at ${pace.perSecond}/s`,
      { max: 2 },
    ],
    silentOthersP99Ms: [p99Ms, ""],
    silentMissing: [missing, "messages that did not reach everybody who reads", { max: 0 }],
    silentBufferMb: [most / MB, "kept for the silent one at most", { max: 4 }],
    silentCutSeconds: [
      ((cutAt ?? Infinity) - (firstAt ?? 0)) / 1_000,
      "from the room's first unread message until it is cut",
      { max: 10 },
    ],
    silentMemoryMb: [memory() - start, "more resident memory of the local cloud at the end than before"],
  })
  for (const client of [...all.clients, silent]) client.close()
  return sheet
}
