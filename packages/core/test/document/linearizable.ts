/** One call on a register that holds a version and a value: what it said, between when it was called and when it returned. */
export type Call = { from: number; to: number } & (
  | { kind: "read"; version: number; value: string }
  | { kind: "change"; expected: number; value: string; done: boolean }
)

interface State {
  version: number
  value: string
}

/** The state after the call, or undefined where the register could not have answered so. */
function after(state: State, call: Call): State | undefined {
  if (call.kind === "read") return call.version === state.version && call.value === state.value ? state : undefined
  const fits = call.expected === state.version
  if (fits !== call.done) return undefined
  return fits ? { version: state.version + 1, value: call.value } : state
}

/**
 * Whether some order of the calls, none before it was called or after it returned, explains every answer (Wing and Gong, with the states that were tried
 * remembered as Lowe does). Calls of one client do not overlap, so only as many are open at once as there are clients.
 */
export function isLinearizable(history: readonly Call[], initial: State): boolean {
  const calls = [...history].sort((a, b) => a.from - b.from)
  const tried = new Set<string>()
  /** `first` is the first call that has no place yet; `ahead` are later ones that have. */
  const stack: { first: number; ahead: number[]; state: State }[] = [{ first: 0, ahead: [], state: initial }]
  for (let top = stack.pop(); top; top = stack.pop()) {
    let { first, ahead } = top
    while (ahead.includes(first)) {
      const placed = first++
      ahead = ahead.filter((index) => index !== placed)
    }
    if (first === calls.length) return true
    const key = `${first} ${ahead.join()} ${top.state.version} ${top.state.value}`
    if (tried.has(key)) continue
    tried.add(key)
    /** Who was called after another returned cannot be placed before it. */
    let returned = Number.POSITIVE_INFINITY
    for (let index = first; index < calls.length && calls[index]!.from < returned; index++) {
      if (ahead.includes(index)) continue
      returned = Math.min(returned, calls[index]!.to)
    }
    for (let index = first; index < calls.length && calls[index]!.from < returned; index++) {
      if (ahead.includes(index)) continue
      const state = after(top.state, calls[index]!)
      if (state) stack.push({ first, ahead: [...ahead, index].sort((a, b) => a - b), state })
    }
  }
  return false
}
