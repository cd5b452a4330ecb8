/** Invented names, so that nobody real is said to sell, cancel or flop. */
const BANDS: Record<string, string[]> = {
  Indie: [
    "Paper Lantern Club",
    "Velvet Semaphore",
    "Northbound Ghosts",
    "The Glass Orchard",
    "Salt & Meridian",
    "Tin Roof Radio",
    "Hollow Coast",
    "Marble Arcade",
    "The Quiet Ferries",
  ],
  Rock: [
    "Iron Ditch",
    "The Lowland Wolves",
    "Static Cathedral",
    "Gravel Saints",
    "Blackwater Engine",
    "The Falling Pylons",
    "Redshift Riders",
    "Cinder Parade",
  ],
  Pop: ["Mila Torrent", "Juno Castell", "Neon Harbour", "Aria Velasco", "Sunday Telescope", "Kito & the Weather", "Lumen Park"],
  Electronic: ["Ferric Bloom", "Modular Tide", "Nachtzug 9", "Opal Circuit", "Vantablue", "Low Orbit Choir"],
  Jazz: [
    "Odette Marlow Quartet",
    "Theo Brandt Trio",
    "The Nine Lamps",
    "Ines Caldeira Quintet",
    "Blue Ledger Band",
    "Harlan Voss Sextet",
    "Saffron Line",
  ],
  Folk: ["Wren & Alder", "The Turnpike Sisters", "Elin Sørgaard", "Bracken Hill Band", "Tomas Fairweather", "The Peat Cutters"],
  "Hip-hop": ["Mono Dialect", "K. Ferrow", "The Ninth Verse", "Asha Blaze", "Corner Theory"],
  Soul: ["Delphine Okoro", "The Amber Set", "Marcus Vale Revue", "Honeycomb Station"],
}
const ORCHESTRAS = [
  "Northgate Philharmonic",
  "Halcyon Chamber Orchestra",
  "Orchestra of the Seven Bridges",
  "Lindenhof Symphony",
  "Meridian Baroque",
  "Aurelia Sinfonietta",
  "Kestrel Quartet",
  "Tidewater Symphony",
]

export interface Artist {
  name: string
  kind: "person" | "ensemble"
  genre: string
}

const SOLO = new Set([
  "Mila Torrent",
  "Juno Castell",
  "Aria Velasco",
  "Elin Sørgaard",
  "Tomas Fairweather",
  "K. Ferrow",
  "Asha Blaze",
  "Delphine Okoro",
])

export const ARTISTS: readonly Artist[] = [
  ...Object.entries(BANDS).flatMap(([genre, names]) =>
    names.map((name) => ({ name, genre, kind: SOLO.has(name) ? ("person" as const) : ("ensemble" as const) })),
  ),
  ...ORCHESTRAS.map((name) => ({ name, genre: "Classical", kind: "ensemble" as const })),
]

/** Invented, as the artists are. */
export const CONDUCTORS = ["Ferrand, Ilse", "Okonjo, David", "Lindqvist, Mats", "Aramaki, Yuna", "Castellan, Bruno"]
export const SOLOISTS = [
  ["Weir, Catriona", "Violin"],
  ["Dumont, Hélène", "Piano"],
  ["Halloran, Niall", "Cello"],
  ["Sato, Ren", "Piano"],
] as const

/** Composers and works are facts; who plays them here is not. The last value names the solo instrument of a concerto. */
export const WORKS = [
  ["Beethoven, Ludwig van", "Symphony No. 5 in C minor, Op. 67"],
  ["Beethoven, Ludwig van", "Symphony No. 7 in A major, Op. 92"],
  ["Beethoven, Ludwig van", "Piano Concerto No. 5 in E-flat major, Op. 73", "Piano"],
  ["Mozart, Wolfgang Amadeus", "Symphony No. 41 in C major, K. 551"],
  ["Mozart, Wolfgang Amadeus", "Piano Concerto No. 20 in D minor, K. 466", "Piano"],
  ["Brahms, Johannes", "Symphony No. 4 in E minor, Op. 98"],
  ["Brahms, Johannes", "Violin Concerto in D major, Op. 77", "Violin"],
  ["Dvořák, Antonín", "Symphony No. 9 in E minor, Op. 95"],
  ["Dvořák, Antonín", "Cello Concerto in B minor, Op. 104", "Cello"],
  ["Mahler, Gustav", "Symphony No. 1 in D major"],
  ["Sibelius, Jean", "Violin Concerto in D minor, Op. 47", "Violin"],
  ["Sibelius, Jean", "Finlandia, Op. 26"],
  ["Tchaikovsky, Pyotr Ilyich", "Symphony No. 6 in B minor, Op. 74"],
  ["Mendelssohn, Felix", "The Hebrides, Op. 26"],
  ["Debussy, Claude", "La mer"],
  ["Ravel, Maurice", "Boléro"],
  ["Stravinsky, Igor", "The Firebird Suite (1919)"],
  ["Farrenc, Louise", "Symphony No. 3 in G minor, Op. 36"],
  ["Bach, Johann Sebastian", "Brandenburg Concerto No. 3 in G major, BWV 1048"],
  ["Elgar, Edward", "Cello Concerto in E minor, Op. 85", "Cello"],
] as const
