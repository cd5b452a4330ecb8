/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const MAX_MESSAGE_BYTES = 128 * 1024

/** Packs frames into as few socket messages as fit, in order: one frame as it is, several as a JSON array. */
export function messagesOf(frames: readonly string[]): string[] {
  const packs: string[][] = []
  let bytes = 0
  for (const frame of frames) {
    const size = Buffer.byteLength(frame) + 1
    if (packs.length === 0 || bytes + size + 1 > MAX_MESSAGE_BYTES) {
      packs.push([])
      bytes = 1
    }
    packs.at(-1)!.push(frame)
    bytes += size
  }
  return packs.map((pack) => (pack.length === 1 ? pack[0]! : `[${pack.join(",")}]`))
}
