import { createHash } from "node:crypto"
import { dimensions } from "./001-dimensions.ts"
import { facts } from "./002-facts.ts"
import { operations } from "./003-operations.ts"
import { grants } from "./004-grants.ts"
import { leastGrants } from "./005-least-grants.ts"
import { sales } from "./006-sales.ts"
import { loads } from "./010-loads.ts"
import type { Migration } from "./migration.ts"

/** All steps, oldest first. */
export const MIGRATIONS: readonly Migration[] = [dimensions, facts, operations, grants, leastGrants, sales, loads]

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32)

export const checksumOf = (migration: Migration): string => hash(migration.sqls.join(";\n"))

/** Changes whenever a migration is added, so a stack that carries it as a property runs what is missing. */
export const fingerprint = (): string =>
  hash(MIGRATIONS.map((migration) => `${migration.id} ${checksumOf(migration)}`).join("\n"))
