/** Makes a thing when it is first asked for, so that importing a file does and reads nothing. */
export function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
