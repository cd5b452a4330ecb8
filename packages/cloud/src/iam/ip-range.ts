import { BlockList, isIP } from "node:net"

/**
 * Whether addresses lie in a CIDR range of a policy; a single address is a range of one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
 */
export function ipRange(range: string): (address: string) => boolean {
  const [network = "", bits] = range.split("/")
  const version = isIP(network)
  const longest = version === 6 ? 128 : 32
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (version === 0 || !(prefix <= longest)) throw new Error(`${range} in a policy is no IP address or CIDR range.`)
  const family = version === 6 ? "ipv6" : "ipv4"
  const list = new BlockList()
  list.addSubnet(network, prefix, family)
  return (address) => isIP(address) === version && list.check(address, family)
}
