/** How good lists of ids are against what people went to afterwards; `all` are the ids that could have been listed. */
export interface Quality {
  /** Share of what somebody went to that was among the first twenty; mean over people. */
  recall: number
  /** The same, where a place further down counts less: 1 / log2(place + 1), over the best that could be had. */
  ndcg: number
  /** Share of all that was recommended to anybody. */
  coverage: number
}

export const FIRST = 20

export function qualityOf(
  lists: ReadonlyMap<string, readonly string[]>,
  later: ReadonlyMap<string, ReadonlySet<string>>,
  all: number,
): Quality {
  let [recall, ndcg] = [0, 0]
  const listed = new Set<string>()
  for (const [person, wanted] of later) {
    const first = (lists.get(person) ?? []).slice(0, FIRST)
    let [hits, gain, best] = [0, 0, 0]
    for (const [at, id] of first.entries()) {
      listed.add(id)
      if (!wanted.has(id)) continue
      hits++
      gain += 1 / Math.log2(at + 2)
    }
    for (let at = 0; at < Math.min(FIRST, wanted.size); at++) best += 1 / Math.log2(at + 2)
    recall += hits / wanted.size
    ndcg += gain / best
  }
  return { recall: recall / later.size, ndcg: ndcg / later.size, coverage: listed.size / all }
}
