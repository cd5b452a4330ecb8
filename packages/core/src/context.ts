import { AsyncLocalStorage } from "node:async_hooks"

/** A value that follows one invocation through its asynchronous calls. `use` throws where nothing was provided and there is no fallback. */
export function createContext<T>(name: string, fallback?: () => T) {
  const storage = new AsyncLocalStorage<T>()
  return {
    use(): T {
      const value = storage.getStore() ?? fallback?.()
      if (value === undefined)
        throw new Error(`No ${name} in context: call it inside with${name[0]!.toUpperCase()}${name.slice(1)}.`)
      return value
    },
    with: <R>(value: T, run: () => R): R => storage.run(value, run),
  }
}
