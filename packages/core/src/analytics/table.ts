/** ANALYTICS_TABLE, access patterns: which data the warehouse holds · the result of one question. */
export const VERSION = { pk: "version", sk: "warehouse" }
export const resultKey = (key: string) => ({ pk: `result#${key}`, sk: "result" })
