/**
 * Makes this thread's clock follow the cloud's. `Date.now` adds what the cloud is ahead; the returned function, called at every
 * invocation, also replaces the constructor, but only once somebody has moved the clock.
 */
export function installClock(shared: SharedArrayBuffer): () => void {
  const ahead = new Float64Array(shared)
  const Real = Date
  const real = Real.now
  const now = (): number => real() + ahead[0]!
  Real.now = now
  return () => {
    if (ahead[0] === 0 || globalThis.Date !== Real) return
    globalThis.Date = new Proxy(Real, {
      construct: (target, args: [], as) => Reflect.construct(target, args.length === 0 ? [now()] : args, as),
      apply: () => new Real(now()).toString(),
    })
    Real.prototype.constructor = globalThis.Date
  }
}
