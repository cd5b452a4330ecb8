/** Minor units as money, with as many digits as the currency has: JPY none, KWD three. Without a currency a plain number of minor units. */
export function formatMinor(minor: number, currency: string | null): string {
  if (currency === null) return new Intl.NumberFormat("en").format(minor)
  const format = new Intl.NumberFormat("en", { style: "currency", currency })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
