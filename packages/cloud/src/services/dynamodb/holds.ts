import { AwsError } from "../../service.ts"

export const ONGOING = "Transaction is ongoing for the item"

/**
 * Which items are being written right now. The engine runs one write after the other, so nothing ever collides inside it;
 * what collides on AWS is decided here: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export class Holds {
  private readonly held = new Set<string>()
  private readonly written = new Map<string, number>()

  /** An item of a TransactWriteItems under way. */
  isHeld(key: string): boolean {
    return this.held.has(key)
  }

  /** An item under any write: what a TransactGetItems conflicts with. */
  isWritten(key: string): boolean {
    return this.held.has(key) || this.written.has(key)
  }

  /** Of a single write of an item that a transaction holds. */
  refuseHeld(key: string): void {
    if (this.held.has(key)) throw new AwsError("TransactionConflictException", ONGOING)
  }

  /** Holds the items of one transaction until the returned function is called. None of them may be held. */
  hold(keys: readonly string[]): () => void {
    for (const key of keys) this.held.add(key)
    return () => {
      for (const key of keys) this.held.delete(key)
    }
  }

  /** Notes writes outside transactions until the returned function is called. */
  writing(keys: readonly string[]): () => void {
    for (const key of keys) this.written.set(key, (this.written.get(key) ?? 0) + 1)
    return () => {
      for (const key of keys) {
        const left = this.written.get(key)! - 1
        if (left === 0) this.written.delete(key)
        else this.written.set(key, left)
      }
    }
  }
}
