/** Works led by several people name them with a semicolon between ("Mehta, Zubin;Masur, Kurt"); the longest list known has five. */
const MOST = 6

const places = Array.from({ length: MOST }, (_, n) => `SELECT ${n + 1} AS place`).join(" UNION ALL ")

/** Joins each work `w` with its conductors' places, one row for each of them. */
export const EACH_CONDUCTOR = `JOIN (${places}) each_one ON SPLIT_PART(w.conductor, ';', each_one.place) <> ''`

/** One conductor's name in that join. */
export const CONDUCTOR = "TRIM(SPLIT_PART(w.conductor, ';', each_one.place))"
