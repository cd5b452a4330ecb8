/**
 * Watches the bytes of a client's WebSocket stream and answers true once a single frame's payload is larger than `limit`.
 * `ws` joins frames before it hands a message over, so the size of one frame can only be seen here (RFC 6455, section 5.2).
 */
export function frameSizes(limit: number): (chunk: Buffer) => boolean {
  const header = Buffer.alloc(10)
  let have = 0
  let need = 2
  let skip = 0

  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at)
        skip -= step
        at += step
        continue
      }
      header[have++] = chunk[at++]!
      if (have === 2) {
        const length = header[1]! & 0x7f
        need = length === 126 ? 4 : length === 127 ? 10 : 2
      }
      if (have < need) continue
      const short = header[1]! & 0x7f
      const length = short === 126 ? header.readUInt16BE(2) : short === 127 ? Number(header.readBigUInt64BE(2)) : short
      if (length > limit) return true
      const mask = header[1]! & 0x80 ? 4 : 0
      skip = mask + length
      have = 0
      need = 2
    }
    return false
  }
}
