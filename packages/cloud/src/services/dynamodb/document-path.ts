import type { AttributeValue, Item } from "./key.ts"

export type Segment = string | number

/** A document path with its names put in: `#a.b[1]` is `a`, `b`, 1. */
export const segmentsOf = (path: string, names: any): Segment[] =>
  [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name = ""]) =>
    index === undefined ? (name.startsWith("#") ? (names?.[name] ?? name) : name) : Number(index),
  )

export const shownPath = (segments: readonly Segment[]): string =>
  `[${segments.map((one) => (typeof one === "number" ? `[${one}]` : one)).join(", ")}]`

const inside = (value: AttributeValue | undefined, segment: Segment): AttributeValue | undefined =>
  typeof segment === "number" ? value?.L?.[segment] : value?.M && Object.hasOwn(value.M, segment) ? value.M[segment] : undefined

/** What lies at a path, or undefined. */
export const valueAt = (item: Item | undefined, segments: readonly Segment[]): AttributeValue | undefined =>
  segments.reduce<AttributeValue | undefined>((value, segment) => inside(value, segment), { M: item ?? {} })

type Tree = Map<Segment, Tree>

/** Of a value, what the tree names; undefined where there is nothing of it. */
function picked(value: AttributeValue | undefined, tree: Tree): AttributeValue | undefined {
  if (value === undefined || tree.size === 0) return value
  const found = [...tree].flatMap(([segment, below]): [Segment, AttributeValue][] => {
    const part = picked(inside(value, segment), below)
    return part === undefined ? [] : [[segment, part]]
  })
  if (found.length === 0) return undefined
  // Of a list the elements keep their order, not their places.
  return value.L
    ? { L: found.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, part]) => part) }
    : { M: Object.fromEntries(found) }
}

/** The parts of an item at these paths, inside the maps and lists that hold them; undefined where it has none of them. */
export function partsAt(item: Item | undefined, paths: readonly (readonly Segment[])[]): Item | undefined {
  const root: Tree = new Map()
  for (const path of paths) {
    let at = root
    for (const segment of path) {
      const next: Tree = at.get(segment) ?? new Map()
      at.set(segment, next)
      at = next
    }
  }
  return root.size === 0 ? undefined : picked({ M: item ?? {} }, root)?.M
}
