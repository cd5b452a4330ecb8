const escaped = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, "\\$&")

/** Path patterns of a distribution: `*` is any run of characters, `?` is one. */
export const pathLike = (pattern: string, path: string): boolean =>
  new RegExp(`^${escaped(pattern).replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(path)
