/** A pattern that AWS would refuse; the message names what is wrong with it. */
export class PatternError extends Error {}

export const refuse = (reason: string): never => {
  throw new PatternError(reason)
}
