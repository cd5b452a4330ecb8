/** What one person made of one artist: how sure we are that they like it, above 0. */
export interface Pair {
  person: number
  artist: number
  weight: number
}

export interface Factors {
  people: Float64Array[]
  artists: Float64Array[]
}

interface Options {
  people: number
  artists: number
  /** Where artists start from: those of the last training, where there was one. */
  start: (artist: number) => Float64Array | undefined
  rounds: number
}

/** Numbers in a vector. Tastes of some ten thousand people fit into few; each costs bytes in every search. */
export const DIMENSIONS = 16
/** How much surer a weight makes us than knowing nothing. Both were chosen on planted tastes: `npm run bench recommendations`. */
const SURENESS = 3
const CALM = 2

/** mulberry32: the same start each time, so that the same facts give the same vectors. */
function spread(seed: number): Float64Array {
  let state = seed + 1
  return Float64Array.from({ length: DIMENSIONS }, () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296 - 0.5) * 0.2
  })
}

/** Solves a symmetric positive definite system in place, by Cholesky: the lower half of `matrix` is overwritten, the solution is in `right`. */
function solve(matrix: Float64Array, right: Float64Array): void {
  const n = DIMENSIONS
  for (let row = 0; row < n; row++)
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column]!
      for (let at = 0; at < column; at++) sum -= matrix[row * n + at]! * matrix[column * n + at]!
      matrix[row * n + column] = row === column ? Math.sqrt(sum) : sum / matrix[column * n + column]!
    }
  for (let row = 0; row < n; row++) {
    let sum = right[row]!
    for (let at = 0; at < row; at++) sum -= matrix[row * n + at]! * right[at]!
    right[row] = sum / matrix[row * n + row]!
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = right[row]!
    for (let at = row + 1; at < n; at++) sum -= matrix[at * n + row]! * right[at]!
    right[row] = sum / matrix[row * n + row]!
  }
}

/** What all vectors have in common: the sum of v vᵀ, with the regularisation on its diagonal. */
function gram(vectors: readonly Float64Array[]): Float64Array {
  const matrix = new Float64Array(DIMENSIONS * DIMENSIONS)
  for (const vector of vectors)
    for (let row = 0; row < DIMENSIONS; row++)
      for (let column = 0; column <= row; column++) matrix[row * DIMENSIONS + column]! += vector[row]! * vector[column]!
  for (let at = 0; at < DIMENSIONS; at++) matrix[at * DIMENSIONS + at]! += CALM
  return matrix
}

interface Liked {
  other: number
  weight: number
}

/** The vector that explains best what is liked and, less surely, all that is not. */
function fitted(liked: readonly Liked[], others: readonly Float64Array[], common: Float64Array): Float64Array {
  const matrix = Float64Array.from(common)
  const right = new Float64Array(DIMENSIONS)
  for (const { other, weight } of liked) {
    const vector = others[other]!
    const sureness = SURENESS * weight
    for (let row = 0; row < DIMENSIONS; row++) {
      right[row]! += (1 + sureness) * vector[row]!
      for (let column = 0; column <= row; column++)
        matrix[row * DIMENSIONS + column]! += sureness * vector[row]! * vector[column]!
    }
  }
  solve(matrix, right)
  return right
}

const grouped = (pairs: readonly Pair[], count: number, by: "person" | "artist", other: "person" | "artist"): Liked[][] => {
  const groups: Liked[][] = Array.from({ length: count }, () => [])
  for (const pair of pairs) groups[pair[by]]!.push({ other: pair[other], weight: pair.weight })
  return groups
}

/**
 * Vectors whose products say who likes what: alternating least squares for implicit feedback, where what nobody touched counts as a weak no.
 * Hu, Koren, Volinsky: Collaborative Filtering for Implicit Feedback Datasets (2008). Work: pairs × 16² and (people + artists) × 16³, per round.
 */
export function factorize(pairs: readonly Pair[], { people, artists, start, rounds }: Options): Factors {
  const ofPerson = grouped(pairs, people, "person", "artist")
  const ofArtist = grouped(pairs, artists, "artist", "person")
  const factors: Factors = { people: [], artists: Array.from({ length: artists }, (_, at) => start(at) ?? spread(at)) }
  for (let round = 0; round < rounds; round++) {
    const artistsGram = gram(factors.artists)
    factors.people = ofPerson.map((liked) => fitted(liked, factors.artists, artistsGram))
    const peopleGram = gram(factors.people)
    factors.artists = ofArtist.map((liked) => fitted(liked, factors.people, peopleGram))
  }
  return factors
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}

export const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths === 0 ? 0 : dot(a, b) / lengths
}
