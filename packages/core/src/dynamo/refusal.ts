/** What a conditional write answers; undefined where its condition did not hold. */
export async function unlessRefused<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return undefined
    throw error
  }
}
