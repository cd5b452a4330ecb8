/**
 * US dollars per million tokens, in and out, on demand, us-east-1, as of 2026-11-01: https://aws.amazon.com/bedrock/pricing/
 * Keys are the beginning of a model id without the region prefix of an inference profile. Prices change: check before relying on them.
 */
const PRICES: Readonly<Record<string, readonly [number, number]>> = {
  "amazon.nova-micro": [0.035, 0.14],
  "amazon.nova-lite": [0.06, 0.24],
  "amazon.nova-pro": [0.8, 3.2],
  "anthropic.claude-haiku-4-5": [1, 5],
  "anthropic.claude-sonnet-4-6": [3, 15],
  "anthropic.claude-opus-4-7": [5, 25],
}

/** Millionths of a US dollar for so many tokens; 0 for a model without a listed price (the offline planner, one's own server). */
export function priceMicroUsd(modelId: string, inputTokens: number, outputTokens: number): number {
  const name = modelId.replace(/^.*\//, "").replace(/^(us|eu|apac|global|us-gov)\./, "")
  const price = Object.entries(PRICES).find(([prefix]) => name.startsWith(prefix))?.[1]
  return price ? Math.round(inputTokens * price[0] + outputTokens * price[1]) : 0
}
