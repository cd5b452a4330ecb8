import { BlockList, isIP } from "node:net"
import { refuse } from "./error.ts"

/** Addresses inside a block, IPv4 or IPv6. */
export function cidr(block: string): (text: string) => boolean {
  const [address = "", bits = "", ...rest] = block.split("/")
  const version = isIP(address)
  const length = Number(bits)
  const isLength = /^\d{1,3}$/.test(bits) && length <= (version === 4 ? 32 : 128)
  if (version === 0 || !isLength || rest.length > 0) refuse(`Malformed CIDR, ${block} is no address with a prefix length`)
  const family = version === 4 ? "ipv4" : "ipv6"
  const list = new BlockList()
  list.addSubnet(address, length, family)
  return (text) => isIP(text) === version && list.check(text, family)
}
