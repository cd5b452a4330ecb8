/** Of INGEST_TABLE: an item that is not there, the cheapest thing to ask for. */
export const NOTHING = { pk: "health", sk: "health" }
