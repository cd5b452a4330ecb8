import { join } from "node:path"
import { Journal } from "../../journal.ts"
import { AwsError } from "../../service.ts"

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems, under Idempotency */
const WINDOW_MS = 10 * 60_000
const COMPACT_BYTES = 4_194_304

interface Done {
  token: string
  /** Digest of what the transaction was. */
  request: string
  at: number
}

/** Client request tokens of finished transactions, for ten minutes after each; kept over restarts where there is a folder. */
export class Tokens {
  private readonly done = new Map<string, Done>()
  private readonly running = new Set<string>()
  private readonly journal: Journal<Done> | undefined
  private compactAt = COMPACT_BYTES

  constructor(
    folder: string | undefined,
    private readonly now: () => number,
  ) {
    this.journal = folder === undefined ? undefined : new Journal(join(folder, "tokens.journal"), (each) => this.keep(each))
  }

  /** Starts a transaction; answers `repeated` where it was done before. Throws where the token is in use otherwise. */
  begin(token: string, request: string): "new" | "repeated" {
    this.forgetOld()
    const before = this.done.get(token)
    if (before && before.request !== request)
      throw new AwsError(
        "IdempotentParameterMismatchException",
        "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.",
      )
    if (before) return "repeated"
    if (this.running.has(token))
      throw new AwsError("TransactionInProgressException", "The transaction with the given request token is already in progress.")
    this.running.add(token)
    return "new"
  }

  /** Ends what `begin` started; only what succeeded is remembered. */
  end(token: string, request: string, succeeded: boolean): void {
    this.running.delete(token)
    if (!succeeded) return
    const done = { token, request, at: this.now() }
    this.journal?.append(done)
    this.keep(done)
    if (!this.journal || this.journal.size < this.compactAt) return
    this.journal.rewrite(this.done.values())
    this.compactAt = this.journal.size * 2 + COMPACT_BYTES
  }

  close(): void {
    this.journal?.close()
  }

  private keep(done: Done): void {
    this.done.delete(done.token)
    this.done.set(done.token, done)
  }

  /** Tokens lie in the order in which they were done. */
  private forgetOld(): void {
    const oldest = this.now() - WINDOW_MS
    for (const { token, at } of this.done.values()) {
      if (at > oldest) return
      this.done.delete(token)
    }
  }
}
